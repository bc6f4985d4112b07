/** What the marks in a text refer to. */
import { type Places, readRichText } from '../src/text/rich-text'

export const PLACES = ['tripmate', 'accounts', 'calendar', 'lab', 'run']

export const AT: Places = {
  addresses: {
    clientAppUrl: 'http://localhost:4000',
    authServerUrl: 'http://localhost:4001',
    calendarApiUrl: 'http://localhost:4002',
    labUrl: 'http://localhost:4003',
  },
}

export function linksOf(text: string): { label: string; place: string; path: string }[] {
  return [...text.matchAll(/\[([^\]]+)\]\(([a-z]+):([^)]*)\)/g)].map(([, label = '', place = '', path = '']) => ({
    label,
    place,
    path,
  }))
}

export function termsOf(text: string): string[] {
  return readRichText(text, AT, id => id).flatMap(piece => (piece.kind === 'term' ? [piece.id] : []))
}
