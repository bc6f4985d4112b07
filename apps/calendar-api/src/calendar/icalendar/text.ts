/** Text as it is written into a file (RFC 5545 §3.3.11). */

/** No control characters except tab; a line break is always LF. The library escapes it. */
export function cleanText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be in the file
  return text.replace(/\r\n?/g, '\n').replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '')
}

/** For a property that the library does not know, and therefore writes as it is. */
export function escapedText(text: string): string {
  return cleanText(text)
    .replace(/[\\;,]/g, '\\$&')
    .replaceAll('\n', '\\n')
}
