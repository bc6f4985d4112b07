/** Addresses of lines of this repository. A line is named by a text in it, because numbers change. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { workspaceRoot } from '@glasshouse/shared/environment'

const known = new Map<string, string>()

/** @returns `/source/<path>#L<line>`; without a line if the text is not there, which a test of the data finds */
export function sourceAddress(path: string, at?: string): string {
  const key = `${path}\n${at ?? ''}`
  const address = known.get(key) ?? `/source/${path}${lineOf(path, at)}`
  known.set(key, address)
  return address
}

function lineOf(path: string, at: string | undefined): string {
  if (at === undefined) return ''
  const line = readLines(path).findIndex(text => text.includes(at)) + 1
  return line === 0 ? '' : `#L${line}`
}

/** A deployment may leave out the source. */
function readLines(path: string): string[] {
  try {
    return readFileSync(join(workspaceRoot(), path), 'utf8').split('\n')
  } catch {
    return []
  }
}
