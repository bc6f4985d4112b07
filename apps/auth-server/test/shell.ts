/** Runs the commands that a page shows, as if a user had pasted them into a terminal. */
import { spawn } from 'node:child_process'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { createTestFolder } from '@glasshouse/shared/testing/test-folder'

/** The part of curl that our pages use, so that no test depends on the installed version. */
const CURL = `#!${process.execPath}
const body = new URLSearchParams(), headers = {}
let url, after = ''
const split = text => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]
for (let args = process.argv.slice(2); args.length > 0; ) {
  const arg = args.shift()
  if (arg === '-d' || arg === '--data-urlencode') body.append(...split(args.shift()))
  else if (arg === '-H') { const [name, value] = args.shift().split(/: (.*)/s); headers[name] = value }
  else if (arg === '-w') after = args.shift().replaceAll('\\\\n', '\\n')
  else if (arg === '-sS') continue
  else if (!url && arg.startsWith('http')) url = arg
  else throw new Error('curl: what is ' + arg + '?')
}
const init = body.size > 0 ? { method: 'POST', headers, body } : { headers }
fetch(url, init).then(response => response.text()).then(text => process.stdout.write(text + after))
`

export interface Shell {
  /** Runs the commands in order in one terminal. @param typed what the user enters. @returns what is printed */
  run(commands: string[], typed?: string): Promise<string>
  remove(): void
}

export function openShell(shell = 'sh'): Shell {
  const folder = createTestFolder('glasshouse-shell-')
  const curl = join(folder, 'curl')
  writeFileSync(curl, CURL)
  chmodSync(curl, 0o755)
  const path = [folder, join(process.execPath, '..'), process.env.PATH].join(delimiter)
  return {
    run: (commands, typed = '') =>
      new Promise((resolve, reject) => {
        const child = spawn(shell, ['-eu', '-c', commands.join('\n')], { env: { PATH: path } })
        let printed = ''
        let errors = ''
        child.stdout.on('data', chunk => {
          printed += chunk
        })
        child.stderr.on('data', chunk => {
          errors += chunk
        })
        child.on('error', reject)
        child.on('close', code => (code === 0 ? resolve(printed) : reject(new Error(`${shell}: ${code}: ${errors}`))))
        child.stdin.end(`${typed}\n`)
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
