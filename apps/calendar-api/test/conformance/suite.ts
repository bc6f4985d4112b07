/** Runs scenarios of `@modelcontextprotocol/conformance` against a server, with an access token. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const SUITE = join(dirname(require.resolve('@modelcontextprotocol/conformance/package.json')), 'dist/index.js')

export interface Check {
  id: string
  status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'INFO' | 'SKIPPED'
  errorMessage?: string
}

/** The suite's server scenarios know no authorization, so this proxy adds a token. It changes nothing else. */
export async function startTokenProxy(
  target: string,
  token: string,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const { hostname, port } = new URL(target)
  const proxy = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers, authorization: `Bearer ${token}` }
    const { method, url: path } = incoming
    const forwarded = httpRequest({ hostname, port, method, path, headers }, answer => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    forwarded.on('error', () => outgoing.destroy())
    incoming.pipe(forwarded)
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://localhost:${(proxy.address() as AddressInfo).port}`,
    stop: () => new Promise(resolve => proxy.close(() => resolve())),
  }
}

/** Runs all server scenarios. @returns the checks of each, by the name of the scenario */
export async function runScenarios(url: string): Promise<Map<string, Check[]>> {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-conformance-'))
  try {
    await run(['server', '--url', url, '--suite', 'all', '--output-dir', folder])
    return new Map(
      readdirSync(folder).map(name => [
        // server-<scenario>-<time>
        name.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT.*$/, ''),
        JSON.parse(readFileSync(join(folder, name, 'checks.json'), 'utf8')),
      ]),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** @returns the names of all scenarios, for servers or for clients */
export async function listScenarios(side: 'server' | 'client'): Promise<string[]> {
  return [...(await run(['list', `--${side}`])).matchAll(/^ {2}- (\S+)/gm)].map(([, name = '']) => name)
}

/** A check that fails ends the suite with an exit code of 1; the results say which. @returns what was printed */
function run(parameters: string[]): Promise<string> {
  return new Promise(resolve => {
    const all = ['--import', join(__dirname, 'on-node-20.mjs'), SUITE, ...parameters]
    execFile(process.execPath, all, { maxBuffer: 10_000_000 }, (_error, stdout) => resolve(stdout))
  })
}
