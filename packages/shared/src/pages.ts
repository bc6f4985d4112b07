/** What pages of every service need: templates, the shared stylesheet, the party's name and mark. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import express, { type Express, type Request, type Response } from 'express'
import type { Addresses } from './environment'
import { templateEngine } from './templates'

/** One of the three parties of RFC 6749 §1.1 that run here (the fourth, the resource owner, is the user), or the Lab. */
export interface Party {
  key: 'client' | 'authorization-server' | 'resource-server' | 'lab'
  /** The name that RFC 6749 §1.1 gives it. */
  role: string
  /** The name that users see. */
  name: string
  origin: string
}

/** The Lab is not a party: it shows what the parties say to each other. */
export function labParty(addresses: Addresses): Party {
  return { key: 'lab', role: 'see what the others say', name: 'Glasshouse Lab', origin: addresses.labUrl }
}

/** The cast of interface.md, by role. */
export function parties(addresses: Addresses): Record<Exclude<Party['key'], 'lab'>, Party> {
  return {
    client: { key: 'client', role: 'client', name: 'Tripmate', origin: addresses.clientAppUrl },
    'authorization-server': {
      key: 'authorization-server',
      role: 'authorization server',
      name: 'Glasshouse Accounts',
      origin: addresses.authServerUrl,
    },
    'resource-server': {
      key: 'resource-server',
      role: 'resource server',
      name: 'Glasshouse Calendar',
      origin: addresses.calendarApiUrl,
    },
  }
}

const SHARED_VIEWS = join(__dirname, '../views')
const SHARED_PUBLIC = join(__dirname, '../public')

/** The colours of glasshouse.css, for the icon, which cannot use the stylesheet. */
const FAVICON_ACCENT: Record<Party['key'], string> = {
  client: '#e5583e',
  'authorization-server': '#6d57ea',
  'resource-server': '#10988a',
  lab: '#3b6fc4',
}

const A_YEAR_S = 365 * 24 * 60 * 60

export interface PageOptions {
  party: Party
  /** The app's own views. Those under `shared/` are found in addition. */
  viewsDir: string
  /** Further folders whose files are served under `/assets` and can be named in `asset()`. */
  publicDirs?: string[]
  demo: boolean
  addresses: Addresses
}

/**
 * Lets an app render pages. Views get `party`, `parties`, `demo`, `addresses` and `asset('file.css')`; `/assets`,
 * `/favicon.svg` and `/favicon.ico` are served. Mount it after the security headers and before the session, so that
 * assets neither read nor set a cookie. See views/README.md for the partials.
 */
export function installPages(app: Express, options: PageOptions): void {
  const folders = [SHARED_PUBLIC, ...(options.publicDirs ?? [])]
  // Compiled templates are cached, except by `pnpm dev`, where a changed template is used at the next reload.
  const keep = process.env.NODE_ENV !== 'development'

  const views = [options.viewsDir, SHARED_VIEWS]
  app.engine('ejs', templateEngine(views, keep))
  app.set('view engine', 'ejs')
  app.set('views', views)
  app.set('view cache', keep)
  Object.assign(app.locals, {
    party: options.party,
    parties: Object.values(parties(options.addresses)),
    demo: options.demo,
    addresses: options.addresses,
    asset: assetHelper(folders, keep),
  })

  for (const folder of folders) app.use('/assets', express.static(folder, { index: false, setHeaders: cacheAsset }))

  const favicon = readFileSync(join(SHARED_PUBLIC, 'favicon.svg'), 'utf8').replaceAll(
    '#accent',
    FAVICON_ACCENT[options.party.key],
  )
  app.get(['/favicon.svg', '/favicon.ico'], (_request: Request, response: Response) => {
    response.set('Cache-Control', 'public, max-age=86400').type('image/svg+xml').send(favicon)
  })
}

/** `asset('glasshouse.css')` → `/assets/glasshouse.css?v=<content hash>`, so that a changed file has a new address. */
function assetHelper(folders: string[], keep: boolean): (name: string) => string {
  const known = new Map<string, string>()
  return name => {
    const before = known.get(name)
    if (before && keep) return before
    const file = folders.map(folder => join(folder, name)).find(existsSync)
    if (!file) throw new Error(`no asset named ${name} in ${folders.join(', ')}`)
    const hash = createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12)
    const address = `/assets/${name}?v=${hash}`
    known.set(name, address)
    return address
  }
}

function cacheAsset(response: Response): void {
  const versioned = response.req.query.v !== undefined
  response.set('Cache-Control', versioned ? `public, max-age=${A_YEAR_S}, immutable` : 'no-cache')
}
