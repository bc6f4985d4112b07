/** The three services as `npm start` starts them, with ports, data and secrets of this run's own. */
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { freePorts } from '../../scripts/lib/ports.mjs'
import { Program } from './programs.mjs'

/** @typedef {import('./workloads.mjs').Contestant} Contestant */

const SERVICES = ['auth-server', 'calendar-api', 'client-app']

/** Long enough for a run, so that no workload meets an expired token. */
const ACCESS_TOKEN_TTL_S = '86400'

export class Glasshouse {
  /**
   * @param {{ name: string, folder: string, databaseUrl?: string, copies?: number, flags?: string[] }} options `folder`: for
   *   data and logs; `flags`: of Node
   */
  static async start({ name, folder, databaseUrl = '', copies = 1, flags = [] }) {
    const [app, accounts, calendar] = (await freePorts(3)).map(port => `http://localhost:${port}`)
    const urls = { 'client-app': app, 'auth-server': accounts, 'calendar-api': calendar }
    const dataDir = join(folder, name.replace(/\W+/g, '-'))
    mkdirSync(dataDir, { recursive: true })
    const apiSecret = secret()
    const env = {
      ENV_FILE: '',
      LOG_LEVEL: 'warn',
      DATA_DIR: dataDir,
      DATABASE_URL: databaseUrl,
      CLIENT_APP_URL: app,
      AUTH_SERVER_URL: accounts,
      CALENDAR_API_URL: calendar,
      LAB_URL: 'off',
      SESSION_SECRET: secret(),
      TRIPMATE_SESSION_SECRET: secret(),
      TRIPMATE_CLIENT_SECRET: secret(),
      TRIPMATE_ENCRYPTION_KEY: secret(),
      CALENDAR_API_SECRET: apiSecret,
      ACCESS_TOKEN_TTL: ACCESS_TOKEN_TTL_S,
    }
    /** @type {Record<string, { address: string, program: Program }[]>} */
    const started = Object.fromEntries(SERVICES.map(service => [service, []]))
    for (let copy = 0; copy < copies; copy += 1) {
      for (const service of SERVICES) {
        if (copy > 0 && service === 'client-app') continue
        const [port] = copy === 0 ? [new URL(urls[service]).port] : await freePorts(1)
        const address = `http://localhost:${port}`
        const program = await Program.start({
          name: `${name}, ${service}`,
          args: [...flags, join('apps', service, 'dist/main.js')],
          env: copy === 0 ? env : { ...env, LISTEN_PORT: String(port) },
          log: join(dataDir, `${service}.log`),
          url: `${address.replace('localhost', '127.0.0.1')}/healthz`,
        })
        started[service].push({ address, program })
      }
    }
    return new Glasshouse(name, urls, started, apiSecret)
  }

  constructor(name, urls, started, apiSecret) {
    this.name = name
    this.urls = urls
    this.started = started
    this.apiSecret = apiSecret
  }

  /** @param {string} service @returns {Program[]} its copies */
  programs(service) {
    return this.started[service].map(({ program }) => program)
  }

  get all() {
    return SERVICES.flatMap(service => this.programs(service))
  }

  /** Registers a confidential client that may use every grant (RFC 7591). @returns {Promise<Contestant>} */
  async contestant() {
    const redirectUri = 'https://app.bench.example/callback'
    const response = await fetch(`${this.urls['auth-server']}/register`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        client_name: 'Bench',
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      }),
    })
    const { client_id: id, client_secret: clientSecret } = await response.json()
    if (!clientSecret) throw new Error(`the client was not registered: ${response.status}`)
    return {
      accounts: this.urls['auth-server'],
      calendar: this.urls['calendar-api'],
      addresses: {
        accounts: this.started['auth-server'].map(({ address }) => address),
        calendar: this.started['calendar-api'].map(({ address }) => address),
      },
      client: { id, secret: clientSecret },
      introspector: { id: 'calendar-api', secret: this.apiSecret },
      redirectUri,
    }
  }
}

function secret() {
  return randomBytes(32).toString('base64url')
}
