/** Lints an OpenAPI document with Redocly's recommended rules. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'

const PROGRAM = join(__dirname, '../../../../scripts/lint-openapi.mjs')

/** @returns what is wrong with it, one line for each problem */
export function lintOpenApi(document: unknown): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, [PROGRAM], (error, stdout) => {
      if (error) reject(error)
      else resolve(stdout.split('\n').filter(Boolean))
    })
    child.stdin?.end(JSON.stringify(document))
  })
}
