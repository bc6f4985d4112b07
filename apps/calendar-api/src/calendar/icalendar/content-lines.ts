/** The lines of an iCalendar file (RFC 5545 §3.1): bytes in, whole lines out. The library `ical.js` reads what is in a line. */
import { Problem } from '../../problem'

export interface ContentLine {
  /** Unfolded, without its end. */
  text: string
  /** Of its first part in the file, from 1. */
  number: number
}

/** In bytes. A calendar of some thousand events. */
export const LARGEST_FILE = 1024 * 1024

/**
 * Accepts a byte order mark, and lines that end with LF alone, which the RFC forbids and many programs write. A line may be
 * folded within a character of several bytes (§3.1), so the bytes are put together before they are decoded.
 * @throws Problem 400 if the bytes are not UTF-8, or are no iCalendar file
 */
export function readContentLines(bytes: Uint8Array): ContentLine[] {
  const lines: { parts: string[]; number: number }[] = []
  // Latin-1 makes a character of each byte.
  const text = Buffer.from(bytes).toString('latin1').replace(BYTE_ORDER_MARK, '')
  for (const [index, part] of text.split(/\r\n|\n|\r/).entries()) {
    const isContinued = part.startsWith(' ') || part.startsWith('\t')
    const last = lines.at(-1)
    if (isContinued && last) last.parts.push(part.slice(1))
    else if (part.trim() !== '') lines.push({ parts: [part], number: index + 1 })
  }
  // In pieces until now: a value may be folded after each character.
  const whole = lines.map(({ parts, number }) => ({ text: decode(parts.join('')), number }))
  if (!/^BEGIN:VCALENDAR$/i.test(whole[0]?.text.trim() ?? '')) {
    throw new Problem(
      400,
      'The body is not an iCalendar file. Its first line must be BEGIN:VCALENDAR (RFC 5545 §3.4).',
      {
        check: 'ics.calendar',
      },
    )
  }
  return whole
}

const BYTE_ORDER_MARK = /^\xef\xbb\xbf/
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** RFC 5545 §3.1.4: UTF-8, whatever the parameter `charset` of the media type says. @param bytes a character for each */
function decode(bytes: string): string {
  try {
    return utf8.decode(Buffer.from(bytes, 'latin1'))
  } catch {
    throw new Problem(
      400,
      'The body is not encoded as UTF-8 (RFC 5545 §3.1.4). Convert the file, then send it again.',
      {
        check: 'ics.encoding',
      },
    )
  }
}
