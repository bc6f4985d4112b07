/** What views of every room may use: terms with a pop-over, texts with marks, and addresses of lines of the source. */
import type { Addresses } from '@glasshouse/shared/environment'
import type { Express } from 'express'
import { termNamed } from '../glossary/terms'
import { type Places, readRichText } from './rich-text'
import { sourceAddress } from './source-line'

/**
 * Gives views `termNamed(id)`, `richText(text, places?)`, `sourceAddress(path, at?)` and `partyName(sender)`, and each page a
 * set of the terms it has used, so that `parts/term` explains only the first use.
 */
export function installTextHelpers(app: Express, addresses: Addresses): void {
  Object.assign(app.locals, {
    termNamed,
    sourceAddress,
    richText: (text: string, places: Places = { addresses }) => readRichText(text, places, id => termNamed(id).name),
    partyName: (sender: string) => PARTY_NAMES[sender] ?? sender,
    partyKey: (sender: string) => PARTY_KEYS[sender] ?? 'lab',
  })
  app.use((_request, response, next) => {
    response.locals.usedTerms = new Set<string>()
    next()
  })
}

const PARTY_NAMES: Record<string, string> = {
  browser: 'Your browser',
  'client-app': 'Tripmate',
  'auth-server': 'Accounts',
  'calendar-api': 'Calendar',
}

/** For `data-party`, which sets the colour. */
const PARTY_KEYS: Record<string, string> = {
  'client-app': 'client',
  'auth-server': 'authorization-server',
  'calendar-api': 'resource-server',
}
