/** One keep-alive connection, and what a browser does with cookies, redirects and the two forms of the sign-in. */
import { Client } from 'undici'

/** @typedef {{ status: number, headers: Record<string, string | string[] | undefined>, body: string }} Answer */

export class Connection {
  /** @param {string} origin where the server says it is @param {string} [address] where it listens, if that differs */
  constructor(origin, address = origin) {
    this.host = new URL(origin).host
    this.client = new Client(address.replace('//localhost:', '//127.0.0.1:'), { pipelining: 1 })
  }

  /** @param {string} method @param {string} path @param {Record<string, string>} [headers] @param {string} [body] @returns {Promise<Answer>} */
  async send(method, path, headers = {}, body) {
    const request = /** @type {any} */ ({ method, path, headers: { host: this.host, ...headers }, body })
    const answer = await this.client.request(request)
    return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() }
  }

  close() {
    this.client.destroy()
  }
}

export class Jar {
  /** @type {Map<string, string>} */
  cookies = new Map()

  /** @param {string | string[] | undefined} lines of Set-Cookie */
  store(lines) {
    for (const line of [lines ?? []].flat()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
  }

  get header() {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }
}

const MOST_HOPS = 20

/** @typedef {{ username: string, password: string }} Person */
/** @type {Person} */
export const ALICE = { username: 'alice', password: 'wonderland' }
/** @type {Person} */
export const BOB = { username: 'bob', password: 'builder' }

/**
 * Follows redirects, and fills in the sign-in and consent pages.
 * @param {Jar} jar @param {string} address @param {string} stopAt the beginning of the address to stop at
 * @param {Person} [person] who signs in
 * @returns {Promise<string>} that address
 */
export async function browse(jar, address, stopAt, person = ALICE) {
  let url = address
  /** @type {URLSearchParams | undefined} */
  let form
  for (let hop = 0; hop < MOST_HOPS; hop += 1) {
    if (url.startsWith(stopAt)) return url
    const method = form ? 'POST' : 'GET'
    const response = await fetch(url, { method, body: form, headers: { cookie: jar.header }, redirect: 'manual' })
    jar.store(response.headers.getSetCookie())
    const page = await response.text()
    const location = response.headers.get('location')
    const filled = location
      ? undefined
      : readForms(page)
          .map(text => fillIn(text, person))
          .find(Boolean)
    if (!location && !filled) throw new Error(`${url} answered ${response.status} with neither a redirect nor a form`)
    url = new URL(location ?? filled?.action ?? url, url).href
    form = filled?.fields
  }
  throw new Error(`more than ${MOST_HOPS} redirects from ${address}`)
}

/** @param {string} page @returns {string[]} */
function readForms(page) {
  return page.match(/<form[\s\S]*?<\/form>/g) ?? []
}

/** @param {string} form @param {Person} person @returns {{ action: string | undefined, fields: URLSearchParams } | undefined} undefined for another form */
function fillIn(form, person) {
  const attribute = (tag, name) => new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1]
  const fields = new URLSearchParams()
  for (const tag of form.match(/<input[^>]*>/g) ?? []) {
    const name = attribute(tag, 'name')
    if (name) fields.append(name, attribute(tag, 'value') ?? '')
  }
  if (fields.has('username')) {
    fields.set('username', person.username)
    fields.set('password', person.password)
  } else if (/name="decision"/.test(form)) fields.set('decision', 'allow')
  else return undefined
  return { action: attribute(/<form[^>]*>/.exec(form)?.[0] ?? '', 'action'), fields }
}
