/** Reads the marks in the texts of the tour and the glossary (`tour/stop.ts` lists them), so that a view can write them as HTML. */
import type { Addresses } from '@glasshouse/shared/environment'

export type TextPiece =
  | { kind: 'text' | 'code' | 'strong' | 'em'; text: string }
  | { kind: 'term'; id: string; text: string }
  | { kind: 'link'; href: string; text: string; newTab: boolean }

const MARKS = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\[\[([a-z-]+)(?:\|([^\]]+))?\]\]|\[([^\]]+)\]\(([a-z]+):([^)]*)\)/g

/** Where links lead: the origins, and the newest run of this browser. */
export interface Places {
  addresses: Addresses
  runId?: string | undefined
}

/** @param termName the glossary's name of a term, for [[id]] without words of its own */
export function readRichText(text: string, places: Places, termName: (id: string) => string): TextPiece[] {
  const pieces: TextPiece[] = []
  let end = 0
  for (const match of text.matchAll(MARKS)) {
    const [whole, code, strong, em, term, termText, label, place = '', path = ''] = match
    if (match.index > end) pieces.push({ kind: 'text', text: text.slice(end, match.index) })
    end = match.index + whole.length
    if (code !== undefined) pieces.push({ kind: 'code', text: code })
    else if (strong !== undefined) pieces.push({ kind: 'strong', text: strong })
    else if (em !== undefined) pieces.push({ kind: 'em', text: em })
    else if (term !== undefined) pieces.push({ kind: 'term', id: term, text: termText ?? termName(term) })
    else if (label !== undefined) {
      pieces.push({
        kind: 'link',
        text: label,
        href: addressOf(place, path, places),
        newTab: place !== 'lab',
      })
    }
  }
  if (end < text.length) pieces.push({ kind: 'text', text: text.slice(end) })
  return pieces
}

/** @throws Error for a place that does not exist, which a test of the data finds */
export function addressOf(place: string, path: string, { addresses, runId }: Places): string {
  switch (place) {
    case 'tripmate':
      return addresses.clientAppUrl + path
    case 'accounts':
      return addresses.authServerUrl + path
    case 'calendar':
      return addresses.calendarApiUrl + path
    case 'lab':
      return path
    case 'run':
      return runId === undefined ? '/runs' : `/runs/${runId}${path}`
    default:
      throw new Error(`a link leads to ${place}:, which is no place`)
  }
}
