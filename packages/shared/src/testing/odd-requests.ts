/**
 * Requests that no honest client sends, for property tests (fast-check): an endpoint's own good request, with a few
 * things about it gone wrong. What is sent is written byte by byte, because a decent HTTP client would refuse.
 */
import { Agent, request } from 'node:http'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'

/** The request that would be fine, and what of it may go wrong. */
export interface Endpoint {
  method: string
  path: string
  headers?: Record<string, string>
  /** Of the query. */
  query?: Record<string, string>
  /** The fields of a form. */
  form?: Record<string, string>
  /** The members of a JSON object. */
  json?: Record<string, unknown>
}

/** `path` and a text `body` are latin1: one character is one byte. */
export interface OddRequest {
  method: string
  path: string
  headers: Record<string, string | string[]>
  body: string | Buffer
  chunked: boolean
}

export interface OddAnswer {
  status: number
  /** Lower-case names; several of one name are joined. */
  headers: Record<string, string>
  body: string
  /** Whether the app answered. Else Node did, which reads no further in what is no HTTP: it has no body. */
  fromApp: boolean
  /** Milliseconds until the answer was complete. */
  took: number
}

/**
 * What fast-check runs with: the same requests every time. `ODD_INPUT_SEED` and `ODD_INPUT_RUNS` try others.
 * @param examples come first, and are not counted in `numRuns`
 */
export function oddRuns<Example = never>(numRuns: number, examples: Example[] = []) {
  const { ODD_INPUT_SEED: seed, ODD_INPUT_RUNS: runs } = process.env
  return {
    seed: Number(seed ?? 6749),
    numRuns: Number(runs ?? numRuns) + examples.length,
    examples,
    endOnFailure: true,
  }
}

export const TEN_MEGABYTES = Buffer.alloc(10 * 1024 * 1024, 'a')
/** Small on the wire, ten megabytes once it is unpacked. */
const GZIP_BOMB = gzipSync(TEN_MEGABYTES)

/** Names that mean something to JavaScript, and names that mean nothing. */
const ODD_NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', '', '\0', 'é']

/** Halves of a pair of surrogates are no characters. */
const [FIRST_SURROGATE, SURROGATES] = [0xd800, 0x800]

/** Any character: what fast-check's `unit: 'binary'` is, without the table of all 1.1 million that it builds first. */
const oddCharacter = fc
  .nat(0x10ffff - SURROGATES)
  .map(n => String.fromCodePoint(n < FIRST_SURROGATE ? n : n + SURROGATES), numberOf)

/** The way back, by which fast-check mixes in strings of its own. */
function numberOf(character: unknown): number {
  if (typeof character !== 'string' || [...character].length !== 1) throw new TypeError('not one character')
  const n = character.codePointAt(0) ?? 0
  return n < FIRST_SURROGATE ? n : n - SURROGATES
}

/** Text that is awkward wherever it lands: encodings, types, templates, queries, headers, paths. */
const oddText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\0',
    'a\0b',
    '\r\nSet-Cookie: a=b',
    '__proto__',
    'constructor',
    '[object Object]',
    'null',
    'true',
    'NaN',
    '-1',
    '1e999',
    '9007199254740993',
    '99999999999999999999999',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59-23:59',
    '9999-12-31',
    '0000-01-01',
    '0001-01-01T00:00',
    '9999-12-31T23:59',
    '<script>alert(1)</script>',
    '<%= 1 %>',
    '"\'`\\',
    "' OR 1=1 --",
    '%',
    '../../../etc/passwd',
    'http://[::1',
    'http://a:99999/',
    'javascript:alert(1)',
    '{"a":',
    '\u{1f389}',
    '\u202e',
    '\ufeff',
    'a'.repeat(5_000),
    'a'.repeat(70_000),
  ),
  fc.string({ unit: oddCharacter, maxLength: 30 }),
)

/** Half of a pair of surrogates has no percent-encoding: it becomes U+FFFD. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString()
}

/** A value as it stands in a query or a form: percent-encoded, or not as it should be. */
const oddEncoded = fc.oneof(
  { weight: 4, arbitrary: oddText.map(text => encodeURIComponent(wellFormed(text))) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '%',
      '%f',
      '%ff',
      '%00',
      '%c0%80',
      '%ed%a0%80',
      '%u0041',
      '+',
      '\xff\xfe',
      '\xc3',
      '=',
      ';',
    ),
  },
)

/** One parameter: mostly as it should be, else odd, gone, repeated, nested or under a name that takes it. */
function parameter(name: string, good: string): fc.Arbitrary<string[]> {
  const [key, value] = [encodeURIComponent(name), encodeURIComponent(good)]
  return fc.oneof<fc.WeightedArbitrary<string[]>[]>(
    { weight: 12, arbitrary: fc.constant([`${key}=${value}`]) },
    { weight: 5, arbitrary: oddEncoded.map(odd => [`${key}=${odd}`]) },
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: oddEncoded.map(odd => [`${key}=${value}`, `${key}=${odd}`]) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom('[]', '[a]', '[a][b]', '[__proto__]', '.a', '%00'), oddEncoded)
        .map(([suffix, odd]) => [`${key}${suffix}=${odd}`]),
    },
  )
}

function encodedParameters(good: Record<string, string>): fc.Arbitrary<string> {
  const known = fc.tuple(...Object.entries(good).map(([name, value]) => parameter(name, value)))
  const others = fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...ODD_NAMES.map(encodeURIComponent), '%ff', '%'), oddEncoded)
        .map(([name, value]) => [`${name}=${value}`]),
    },
    { weight: 1, arbitrary: fc.constant([Array.from({ length: 2_000 }, (_, i) => `p${i}=1`).join('&')]) },
  )
  return fc.tuple(known, others).map(([pairs, more]) => [...pairs.flat(), ...more].join('&'))
}

const oddJson = fc.oneof(
  { weight: 3, arbitrary: oddText.map(text => JSON.stringify(text)) },
  { weight: 2, arbitrary: fc.jsonValue().map(value => JSON.stringify(value)) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'null',
      '[]',
      '{}',
      '[null]',
      '[[]]',
      '[{}]',
      '["a","a"]',
      '1e999',
      '-0',
      '"\\ud800"',
      '"\\u0000"',
      '["\\u0000"]',
      '{"__proto__":{"a":1},"constructor":{"prototype":{"a":1}}}',
      '{"toString":1,"toJSON":1,"length":-1}',
    ),
  },
)

function jsonText(good: Record<string, unknown>): fc.Arbitrary<string> {
  const members = fc.tuple(
    ...Object.entries(good).map(([name, value]) => {
      const key = JSON.stringify(name)
      return fc.oneof(
        { weight: 10, arbitrary: fc.constant([`${key}:${JSON.stringify(value)}`]) },
        { weight: 4, arbitrary: oddJson.map(odd => [`${key}:${odd}`]) },
        { weight: 1, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: oddJson.map(odd => [`${key}:${JSON.stringify(value)}`, `${key}:${odd}`]) },
      )
    }),
  )
  const others = fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...ODD_NAMES), oddJson)
        .map(([name, value]) => [`${JSON.stringify(name)}:${value}`]),
    },
  )
  const object = fc
    .tuple(members, others)
    .map(([known, more]) => Buffer.from(`{${[...known.flat(), ...more].join(',')}}`).toString('latin1'))
  return fc.oneof(
    { weight: 12, arbitrary: object },
    { weight: 1, arbitrary: oddJson },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '',
        '{',
        '{"a":"\xff"}',
        '\xef\xbb\xbf{}',
        '\0',
        '['.repeat(30_000),
        '{"a":'.repeat(9_000),
      ),
    },
  )
}

const FORM = 'application/x-www-form-urlencoded'
const JSON_TYPE = 'application/json'

const oddContentType = fc.constantFrom(
  '',
  '/',
  ';;;',
  'text/plain',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  FORM,
  JSON_TYPE,
  ...[FORM, JSON_TYPE].flatMap(type =>
    ['utf-16', 'utf-16le', 'utf-7', 'ibm500', 'x-user-defined', '__proto__', '"', '"utf-8', ''].map(
      charset => `${type}; charset=${charset}`,
    ),
  ),
)

/** Headers that are odd on any request. Together with what else is sent they stay below Node's limit, but for one. */
const oddHeaders: fc.Arbitrary<Record<string, string | string[]>> = fc.oneof(
  fc.constantFrom<Record<string, string | string[]>>(
    ...[
      '',
      'x',
      'Basic',
      'Basic !',
      'Basic Og==',
      'Basic AP86/w==',
      'Basic JTAwOiUwMA==',
      'Basic JWZmOiU=',
      'Bearer',
    ].map(Authorization => ({ Authorization })),
    ...['Bearer a.b.c', 'Bearer ', 'Bearer é', 'Bearer eyJ9.e30.', 'Bearer bnVsbA.bnVsbA.x', 'Bearer W10.W10.W10'].map(
      Authorization => ({ Authorization }),
    ),
    { Authorization: `Basic ${'QUFB'.repeat(3_000)}` },
    { Authorization: `Bearer ${'a'.repeat(12_000)}` },
    { Authorization: ['Bearer a', 'Bearer b'] },
    { 'X-Long': 'a'.repeat(12_000) },
    { 'X-Too-Long': 'a'.repeat(20_000) },
    ...['', '%', '__proto__=1', '=', 'tripmate.sid=s%3A%00.x', 'glasshouse-accounts.sid=s:a.b', '\xff'].map(Cookie => ({
      Cookie,
    })),
    ...['', 'x y', '[::1', 'evil.example', '\xff', ':0'].map(Host => ({ Host })),
    ...['', '*', '/', 'application/xml', 'text/html;q=x', '__proto__', '\xff'].map(Accept => ({ Accept })),
    ...['', 'x', '*', '"', '"a', 'W/', '"\xff"', '"a",'.repeat(2_000)].flatMap(tag => [
      { 'If-Match': tag },
      { 'If-None-Match': tag },
    ]),
    ...['bytes=a', 'bytes=-', 'x=1', 'bytes=0-0,'.repeat(500)].map(Range => ({ Range })),
    ...['x', '', '\xff', '127.0.0.1, '.repeat(300)].map(address => ({ 'X-Forwarded-For': address })),
    { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': '[' },
    { 'X-HTTP-Method-Override': 'DELETE' },
    { Expect: 'nothing' },
    { Origin: '\xff', 'Access-Control-Request-Method': '__proto__' },
    { 'If-Modified-Since': 'x' },
  ),
)

/** One that Node answers by itself; CONNECT and upgrades are no requests. */
const oddMethod = fc.constantFrom(
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'M-SEARCH', 'LOCK'],
)

/** What becomes of a path, without its query. */
const oddPath: fc.Arbitrary<(path: string) => string> = fc.constantFrom<((path: string) => string)[]>(
  path => `${path}/`,
  path => `${path}//`,
  path => `/${path}`,
  path => `${path}/%ff`,
  path => `${path}/%00`,
  path => `${path}/__proto__`,
  path => `${path}/\xff`,
  path => `${path}/${'a'.repeat(4_000)}`,
  path => `${path}/..%2f..%2fetc%2fpasswd`,
  path => `${path}/../..`,
  path => path.toUpperCase(),
  path => `http://a:99999${path}`,
  path => `http://[${path}`,
  path => `http://evil.example${path}`,
  () => 'http://%zz/',
  () => '*',
)

/** Requests to this endpoint with something odd about most of them. */
export function oddRequests(endpoint: Endpoint): fc.Arbitrary<OddRequest> {
  const { form, json, headers = {} } = endpoint
  const type = form ? FORM : json ? JSON_TYPE : undefined
  const text = form ? encodedParameters(form) : json ? jsonText(json) : fc.constant('')
  const bodies = fc.oneof(
    { weight: 40, arbitrary: text.map(body => ({ body, extra: {} })) },
    { weight: 1, arbitrary: fc.constant({ body: TEN_MEGABYTES, extra: {} }) },
    { weight: 1, arbitrary: fc.constant({ body: GZIP_BOMB, extra: { 'Content-Encoding': 'gzip' } }) },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom('gzip', 'br', 'deflate', 'x', '__proto__', '')
        .map(encoding => ({ body: 'a', extra: { 'Content-Encoding': encoding } })),
    },
  )
  return fc
    .record({
      method: fc.oneof({ weight: 12, arbitrary: fc.constant(endpoint.method) }, { weight: 1, arbitrary: oddMethod }),
      path: fc.oneof({ weight: 12, arbitrary: fc.constant((path: string) => path) }, { weight: 2, arbitrary: oddPath }),
      query: encodedParameters(endpoint.query ?? {}),
      type: fc.oneof(
        { weight: 10, arbitrary: fc.constant(type) },
        { weight: 1, arbitrary: fc.constant(undefined) },
        { weight: 2, arbitrary: oddContentType },
      ),
      more: fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: oddHeaders }),
      content: bodies,
      chunked: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    })
    .map(({ method, path, query, type: contentType, more, content: { body, extra }, chunked }) => ({
      method,
      // Node takes 16 kB of headers, the address included. The one header that is longer tests that limit.
      path: `${path(endpoint.path)}${query && `?${query}`}`.slice(0, 14_000),
      headers: {
        ...headers,
        ...(contentType !== undefined && { 'Content-Type': contentType }),
        ...extra,
        ...more,
      },
      body,
      chunked,
    }))
}

/** As many parameters as a body may hold: whoever looks at each of them for each of them is busy for seconds. */
const MANY_NAMES = Array.from({ length: 10_000 }, (_, i) => `${i.toString(36)}=1`).join('&')

/**
 * What chance must not leave out: the good request with a null byte in each parameter in turn, one of 10 MB, and one with
 * thousands of parameters.
 */
export function oddExamples({ method, path, headers = {}, query = {}, form, json }: Endpoint): [OddRequest][] {
  const encode = (fields: Record<string, string>) => new URLSearchParams(fields).toString()
  const type = form ? FORM : json ? JSON_TYPE : undefined
  const good: OddRequest = {
    method,
    path: `${path}?${encode(query)}`,
    headers: { ...headers, ...(type && { 'Content-Type': type }) },
    body: form ? encode(form) : json ? JSON.stringify(json) : '',
    chunked: false,
  }
  const each = <T extends object>(fields: T | undefined, change: (fields: T) => Partial<OddRequest>) =>
    Object.keys(fields ?? {}).map(name => ({ ...good, ...change({ ...fields, [name]: 'a\0b' } as T) }))
  return [
    ...each(query, fields => ({ path: `${path}?${encode(fields)}` })),
    ...each(form, fields => ({ body: encode(fields) })),
    ...each(json, fields => ({ body: JSON.stringify(fields) })),
    { ...good, body: TEN_MEGABYTES },
    ...(form ? [{ ...good, body: `${encode(form)}&${MANY_NAMES}` }] : []),
    ...['*', 'http://%zz/', 'http://['].map(target => ({ ...good, path: target })),
  ].map(request => [request])
}

const agent = new Agent({ keepAlive: true, maxSockets: 4 })
/** Far more than any request takes, on a busy machine too: what fails here hangs. */
const NO_ANSWER_AFTER_MS = 10_000

/**
 * Sends a request as it is.
 * @returns the answer, or undefined when the connection was closed without one
 * @throws Error when there is no answer within ten seconds
 */
export function sendOdd(origin: string, { method, path, headers, body, chunked }: OddRequest) {
  const { hostname, port } = new URL(origin)
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body, 'latin1')
  const length =
    bytes.length > 0 ? (chunked ? { 'Transfer-Encoding': 'chunked' } : { 'Content-Length': bytes.length }) : {}
  const started = performance.now()
  return new Promise<OddAnswer | undefined>((resolve, reject) => {
    const sent = request({ agent, hostname, port, method, path, headers: { ...headers, ...length } }, response => {
      const chunks: Buffer[] = []
      response.on('data', chunk => chunks.push(chunk))
      response.on('end', () => {
        const fields = Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(', ')])
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(fields),
          body: Buffer.concat(chunks).toString(),
          fromApp: 'x-request-id' in response.headers,
          took: performance.now() - started,
        })
      })
      response.on('error', reject)
    })
    sent.setTimeout(NO_ANSWER_AFTER_MS, () => sent.destroy(new Error(`no answer to ${method} ${path}`)))
    sent.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(undefined)
      else reject(error)
    })
    sent.end(bytes)
  })
}

/** What is said, before an app is asked, to what is no HTTP: bad syntax, no path, an unknown Expect, too long a header. */
const NODES_OWN = [400, 408, 413, 417, 431]

/**
 * What holds for every answer of every service, whatever was sent.
 * @param secrets texts that must not come back
 * @throws Error that says what is wrong with the answer
 */
export function checkOddAnswer(answer: OddAnswer | undefined, sent: OddRequest, secrets: string[] = []): void {
  const fail = (why: string): never => {
    throw new Error(`${why}: ${answer?.status} ${JSON.stringify(answer?.headers)} ${answer?.body.slice(0, 1_000)}`)
  }
  if (!answer) {
    // Node hangs up behind a 431; when that comes before all was sent, the client only sees the end.
    if (!('X-Too-Long' in sent.headers)) fail('the connection was closed without an answer')
    return
  }
  const { status, body } = answer
  const problem = answer.headers['content-type'] === 'application/problem+json'
  const nodesOwn = NODES_OWN.includes(status) && (body === '' || problem)
  if (!answer.fromApp && !nodesOwn && !(status === 204 && sent.path === '*')) fail('neither the app nor Node says this')
  if (status >= 500) fail('a server error')
  if (answer.took > NO_ANSWER_AFTER_MS) fail('too slow')
  if (/\n\s+at |node_modules|\.(ts|js|ejs):\d+|SqliteError|syntax error/.test(body)) fail('a stack trace')
  if (body.includes(process.cwd())) fail('a path of this machine')
  if (secrets.some(secret => body.includes(secret))) fail('a secret')
  if ('set-cookie' in answer.headers && /(^|, )a=b/.test(answer.headers['set-cookie'] ?? ''))
    fail('a header of the sender’s')
}
