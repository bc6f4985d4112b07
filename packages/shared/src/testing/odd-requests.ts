/**
 * Requests that no real client would send, for property tests (fast-check): an endpoint's valid request with a few
 * mistakes in it. They are written byte by byte, because an ordinary HTTP client would refuse to send them.
 */
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { encodedParameters, jsonText } from './odd-values'

/** An endpoint's valid request, and the parts of it to vary. */
export interface Endpoint {
  method: string
  path: string
  headers?: Record<string, string>
  /** The parameters of the query. */
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

/**
 * Both engines use the same code to read and check requests. Input that an engine may treat differently (a null byte, a
 * long text) is in the examples, which always run, so PostgreSQL needs only some of the random requests.
 */
const PART_ON_POSTGRES = 1 / 3

/**
 * The settings for fast-check: the same requests every time. `ODD_INPUT_SEED` and `ODD_INPUT_RUNS` choose others.
 * @param examples come first, and are not counted in `numRuns`
 */
export function oddRuns<Example = never>(numRuns: number, examples: Example[] = []) {
  const { ODD_INPUT_SEED: seed, ODD_INPUT_RUNS: runs, GLASSHOUSE_TEST_ENGINE: engine } = process.env
  const byDefault = engine === 'postgres' ? Math.ceil(numRuns * PART_ON_POSTGRES) : numRuns
  return {
    seed: Number(seed ?? 6749),
    numRuns: Number(runs ?? byDefault) + examples.length,
    examples,
    endOnFailure: true,
  }
}

export const TEN_MEGABYTES = Buffer.alloc(10 * 1024 * 1024, 'a')
/** Small on the wire, ten megabytes when decompressed. */
const GZIP_BOMB = gzipSync(TEN_MEGABYTES)

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

/** Headers that are unusual in any request. All but one keep the request below Node's limit. */
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

/** Not CONNECT and not an upgrade, which Node does not handle as requests. */
const oddMethod = fc.constantFrom(
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'M-SEARCH', 'LOCK'],
)

/** Changes to a path without its query. */
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

/** Requests to this endpoint, most of them malformed. */
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
      // Node accepts 16 kB of headers, including the URL. Only the one longer header tests that limit.
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

/** As many parameters as fit into a body. A quadratic algorithm would take seconds for them. */
const MANY_NAMES = Array.from({ length: 10_000 }, (_, i) => `${i.toString(36)}=1`).join('&')

/**
 * Requests that every run must include: the valid request with a null byte in each parameter in turn, one of 10 MB, and
 * one with thousands of parameters.
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
