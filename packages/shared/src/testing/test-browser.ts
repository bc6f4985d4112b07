/**
 * A small browser for tests: it keeps cookies (by host, not by port, as browsers do), follows redirects only when told
 * to, and reads forms and sends back all their fields.
 */
export interface Page {
  status: number
  url: string
  headers: Headers
  body: string
  /** The `Location` header as an absolute URL. Throws if the header is missing. */
  location: URL
}

export type Fields = Record<string, string | string[]>

export class TestBrowser {
  private readonly cookies = new Map<string, Map<string, string>>()

  async get(url: string | URL, headers: Record<string, string> = {}): Promise<Page> {
    return this.send(new URL(url), { headers })
  }

  async post(url: string | URL, fields: Fields, headers: Record<string, string> = {}): Promise<Page> {
    return this.send(new URL(url), { method: 'POST', body: encodeForm(fields), headers })
  }

  /**
   * Follows redirects while they stay on `origin`.
   * @returns the response that leaves it or ends the chain
   * @throws for a redirect that makes a browser send the form again, which is never allowed here (RFC 9700 §4.12)
   */
  async follow(page: Page, origin: string): Promise<Page> {
    let current = page
    while (current.status >= 300 && current.status < 400) {
      if (current.status !== 302 && current.status !== 303) {
        throw new Error(`${current.url} answered with ${current.status}, which sends a form on as it is`)
      }
      if (current.location.origin !== origin) return current
      current = await this.get(current.location)
    }
    return current
  }

  /** Sends the page's form (the first, or the one with a field or button named `containing`) with all its fields. */
  async submit(page: Page, fields: Fields = {}, containing?: string): Promise<Page> {
    const form = readForms(page).find(candidate => !containing || candidate.names.includes(containing))
    if (!form) throw new Error(`no such form on ${page.url} (${page.status})`)
    return this.post(form.action, { ...form.fields, ...fields })
  }

  cookieNames(url: string): string[] {
    return [...(this.cookies.get(new URL(url).hostname)?.keys() ?? [])]
  }

  cookie(url: string, name: string): string | undefined {
    return this.cookies.get(new URL(url).hostname)?.get(name)
  }

  setCookie(url: string, name: string, value: string): void {
    const host = new URL(url).hostname
    this.cookies.set(host, (this.cookies.get(host) ?? new Map()).set(name, value))
  }

  private async send(url: URL, init: RequestInit): Promise<Page> {
    const jar = this.cookies.get(url.hostname) ?? new Map<string, string>()
    const headers = new Headers(init.headers)
    if (jar.size > 0) headers.set('Cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '))
    if (init.body) headers.set('Content-Type', 'application/x-www-form-urlencoded')
    headers.set('Accept', headers.get('Accept') ?? 'text/html')
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) this.keep(url, line)
    return {
      status: response.status,
      url: url.href,
      headers: response.headers,
      body: await response.text(),
      get location() {
        const location = response.headers.get('location')
        if (!location) throw new Error(`no Location in the ${response.status} answer of ${url.href}`)
        return new URL(location, url)
      },
    }
  }

  private keep(url: URL, line: string): void {
    const [pair = '', ...attributes] = line.split(';')
    const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
    const jar = this.cookies.get(url.hostname) ?? new Map<string, string>()
    const expires = attributes.find(attribute => /^\s*expires=/i.test(attribute))
    if (expires && Date.parse(expires.split('=')[1] ?? '') < Date.now()) jar.delete(name)
    else jar.set(name, value)
    this.cookies.set(url.hostname, jar)
  }
}

export interface Form {
  action: string
  method: string
  /** What a browser would send if the user changed nothing: hidden and text fields, checked boxes, selects, but no buttons. */
  fields: Fields
  /** Every name in the form, including buttons. */
  names: string[]
}

/** The page's forms, as a browser would see them. Understands only as much HTML as our own pages use. */
export function readForms(page: Pick<Page, 'body' | 'url'>): Form[] {
  return [...page.body.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(([, start = '', inside = '']) => {
    const form: Form = {
      action: new URL(attribute(start, 'action') ?? '', page.url).href,
      method: (attribute(start, 'method') ?? 'get').toUpperCase(),
      fields: {},
      names: [],
    }
    for (const { 1: tag = '', 2: attributes = '', index } of inside.matchAll(FIELD)) {
      const name = attribute(attributes, 'name')
      if (!name) continue
      form.names.push(name)
      const type = (attribute(attributes, 'type') ?? 'text').toLowerCase()
      const box = type === 'checkbox' || type === 'radio'
      if (tag.toLowerCase() === 'button' || type === 'submit' || (box && !/\bchecked\b/i.test(attributes))) continue
      const value =
        contentOf(tag.toLowerCase(), inside.slice(index)) ?? attribute(attributes, 'value') ?? (box ? 'on' : '')
      const before = form.fields[name]
      form.fields[name] = before === undefined ? value : [before, value].flat()
    }
    return form
  })
}

const FIELD = /<(input|button|select|textarea)\b([^>]*)>/gi

/** The value of a field with content: a textarea's text without its first line break, or a select's chosen option. */
function contentOf(tag: string, html: string): string | undefined {
  if (tag === 'textarea') {
    const text = /^<textarea[^>]*>\n?([\s\S]*?)<\/textarea>/i.exec(html)?.[1] ?? ''
    return textOf(text).replace(/\r?\n/g, '\r\n')
  }
  if (tag !== 'select') return undefined
  const options = [...(/<select[\s\S]*?<\/select>/i.exec(html)?.[0].matchAll(/<option\b([^>]*)>([^<]*)/gi) ?? [])]
  const [, attributes = '', text = ''] =
    options.find(option => /\bselected\b/i.test(option[1] ?? '')) ?? options[0] ?? []
  return attribute(attributes, 'value') ?? textOf(text.trim())
}

function attribute(text: string, name: string): string | undefined {
  const value = new RegExp(`\\b${name}\\s*=\\s*"([^"]*)"`, 'i').exec(text)?.[1]
  return value === undefined ? undefined : textOf(value)
}

/** Decodes HTML to text. */
function textOf(html: string): string {
  return html
    .replaceAll('\0', '\ufffd') // HTML, "Tokenization"
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#34;', '"')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}

export function encodeForm(fields: Fields): string {
  const form = new URLSearchParams()
  for (const [name, values] of Object.entries(fields)) for (const value of [values].flat()) form.append(name, value)
  return form.toString()
}
