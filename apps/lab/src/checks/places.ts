/** Finds the places of the checks in the source, which the Lab reads once. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { workspaceRoot } from '@glasshouse/shared/environment'
import type { Place } from './check'

const texts = new Map<string, string>()

/** The source of a file. Empty if it is not there: the Lab then works, but links to no lines. */
function sourceOf(file: string): string {
  const known = texts.get(file)
  if (known !== undefined) return known
  const text = read(join(workspaceRoot(), file))
  texts.set(file, text)
  return text
}

const lines = new Map<string, number>()

/** The line on which the anchor stands; 1 if it is not there, which a test excludes. */
export function lineOf({ file, anchor }: Place): number {
  const key = `${file}\n${anchor}`
  const known = lines.get(key)
  if (known !== undefined) return known
  const at = sourceOf(file).indexOf(anchor)
  const line = at < 0 ? 1 : sourceOf(file).slice(0, at).split('\n').length
  lines.set(key, line)
  return line
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
