/** Writes words of a POSIX shell's command line, so that the shell hands on exactly what was meant. */

/** Text that is meant literally, or the value of a variable. */
export type ShellPart = string | { variable: string }

/** @returns one word: `'it'\''s'`, or `"Bearer $ACCESS_TOKEN"` where a part is a variable */
export function shellWord(parts: ShellPart[]): string {
  const joined = joinTexts(parts)
  const texts = joined.filter(part => typeof part === 'string')
  if (texts.length === joined.length) return singleQuoted(texts.join(''))
  // In double quotes the shell reads these characters; `!` only if a person types the line.
  if (!texts.some(text => /[\\"$`!\n]/.test(text))) return `"${joined.map(inDoubleQuotes).join('')}"`
  return joined.map(part => (typeof part === 'string' ? singleQuoted(part) : `"$${part.variable}"`)).join('')
}

function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function inDoubleQuotes(part: ShellPart, index: number, all: ShellPart[]): string {
  if (typeof part === 'string') return part
  const next = all[index + 1]
  const isOpen = typeof next === 'string' && /^\w/.test(next)
  return isOpen ? `\${${part.variable}}` : `$${part.variable}`
}

function joinTexts(parts: ShellPart[]): ShellPart[] {
  const joined: ShellPart[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part
    else if (part !== '') joined.push(part)
  }
  return joined
}

/** For a comment: one line, and nothing that a terminal would act on. */
export function shellComment(text: string): string {
  return `# ${text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()}`
}
