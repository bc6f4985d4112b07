/**
 * Holds a service against its own OpenAPI document: every answer that it gives in a test must be one that the document
 * describes, with its path, method, status, headers, content type and body. It listens at the server's side, so that no test
 * has to think of it, whatever sends the requests.
 */
import type { RequestListener, ServerResponse } from 'node:http'
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020'
import addFormats from 'ajv-formats'
import type { Json } from '../openapi'

export interface DescribedService {
  /** The document, as the service sends it. */
  document: Json
  /**
   * The beginnings of paths that are not part of the API: pages and their files. `/` is only `/` itself. Or everything that
   * the document does not have, where a page answers at any other address.
   */
  pages: string[] | 'all others'
  /** For the answers of an address that is not in the document, or does not have the method: the schema of their JSON. */
  refusalSchema: string | ((path: string) => string)
}

/** Headers that tell a client what to do next. An answer may have one only if the document says so. */
const TELLING = ['etag', 'location', 'www-authenticate', 'retry-after', 'accept', 'accept-encoding', 'accept-patch']

/** What any address may answer: there is nothing there, or not this method. */
const ANYWHERE = [404, 405]

/** And what an endpoint may check before it looks at the method: the request itself, or who sends it. */
const REFUSED_EARLIER = [400, 401, 403, 413, 429]

/** What is answered before an app looks at a request (malformed-requests.ts, foreign-hosts.ts). */
const BEFORE_THE_APP = {
  type: 'object',
  properties: { title: { type: 'string' }, status: { type: 'integer' }, detail: { type: 'string' } },
  required: ['title', 'status', 'detail'],
  additionalProperties: false,
}

/** An answer, as it left the service. Header names are in lower case. */
export interface Answer {
  method: string
  url: string
  status: number
  headers: Record<string, string>
  body: string
}

/** Tells what is wrong with an answer, in one sentence; undefined if the document describes it. */
export type CheckAnswer = (answer: Answer) => string | undefined

export function answerChecker({ document, pages, refusalSchema }: DescribedService): CheckAnswer {
  const validators = new Validators(document)
  const paths = readPaths(document)
  return answer => {
    const asked = pathOf(answer.url)
    if (pages !== 'all others' && isPage(pages, asked)) return undefined
    // Express accepts a slash at the end, but not at every address.
    const path = asked.replace(/(?<=.)\/+$/, '')
    const anywhere = path === asked ? ANYWHERE.filter(status => status !== 404) : ANYWHERE
    const { status, method } = answer
    const operations = paths.find(({ pattern }) => pattern.test(path))?.operations
    if (!operations && pages === 'all others') return undefined
    const operation = operations?.[method === 'HEAD' ? 'get' : method.toLowerCase()]
    const fault = isBeforeTheApp(answer)
      ? faultBeforeTheApp(answer, validators)
      : operation && !anywhere.includes(status)
        ? faultIn(answer, operation, validators)
        : faultElsewhere(answer, validators, typeof refusalSchema === 'string' ? refusalSchema : refusalSchema(path))
    return fault && `${method} ${path} → ${status}: ${fault}`
  }
}

/** Calls `tell` for each answer of the app that its document does not describe. */
export function tellUndescribed(
  app: RequestListener,
  check: CheckAnswer,
  tell: (fault: string) => void,
): RequestListener {
  return (request, response) => {
    // Express shortens `url` on its way through the routers.
    const { method = '', url = '' } = request
    const sent = keepWhatIsSent(response)
    response.on('finish', () => {
      const fault = check({ method, url, status: response.statusCode, ...sent() })
      if (fault) tell(fault)
    })
    app(request, response)
  }
}

/** The same for a test file: a test during which such an answer was given fails. */
export function holdToDescription(app: RequestListener, service: DescribedService): RequestListener {
  return tellUndescribed(app, answerChecker(service), fault => faults.add(fault))
}

const faults = new Set<string>()

/** Jest's own. */
declare const afterEach: (check: () => void) => void
declare const afterAll: typeof afterEach

/** To be called once in each test file, for example by its support file. */
export function failOnUndescribedAnswers(): void {
  const checkNow = () => {
    const found = [...faults]
    faults.clear()
    if (found.length > 0) throw new Error(`The API’s document does not describe this:\n${found.join('\n')}`)
  }
  afterEach(checkNow)
  afterAll(checkNow)
}

// ── reading the document ────────────────────────────────────────────────────────────────────────

type Operations = Record<string, Json>

function readPaths(document: Json): { pattern: RegExp; operations: Operations }[] {
  return Object.entries(document.paths as Record<string, Operations>).map(([path, operations]) => ({
    pattern: new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '[^/]+')}$`),
    operations,
  }))
}

function isBeforeTheApp({ status, headers }: Answer): boolean {
  return status === 421 || !('x-request-id' in headers)
}

function faultBeforeTheApp({ method, status, headers, body }: Answer, validators: Validators): string | undefined {
  if (method === 'HEAD' || status === 204 || headers['content-type']?.startsWith('text/html')) return undefined
  return faultInJson(body, BEFORE_THE_APP, validators)
}

function faultIn(answer: Answer, operation: Json, validators: Validators): string | undefined {
  const described = (operation.responses as Record<string, Json>)[answer.status]
  if (!described) return 'the status is not described'
  const response = validators.follow(described)
  return faultInHeaders(answer, response, validators) ?? faultInBody(answer, response, validators)
}

function faultInHeaders({ headers }: Answer, response: Json, validators: Validators): string | undefined {
  const described = Object.entries((response.headers ?? {}) as Record<string, Json>)
  for (const [name, header] of described) {
    const value = headers[name.toLowerCase()]
    if (value === undefined && header.required) return `the header ${name} is missing`
    const wrong = value === undefined ? undefined : validators.faultOf(header.schema as Json, value)
    if (wrong) return `the header ${name} (${value}) ${wrong}`
  }
  const known = described.map(([name]) => name.toLowerCase())
  const unknown = TELLING.find(name => name in headers && !known.includes(name))
  return unknown && `the header ${unknown} is not described`
}

function faultInBody(
  { method, status, headers, body }: Answer,
  response: Json,
  validators: Validators,
): string | undefined {
  const content = response.content as Record<string, { schema: Json }> | undefined
  // The body of a redirect is a note for a user whose browser does not follow it.
  const isNote = status > 300 && status < 400 && status !== 304
  if (!content) return body === '' || isNote ? undefined : 'the body is not described'
  const type = headers['content-type']?.split(';', 1)[0] ?? ''
  const described = content[type]
  if (!described) return `the type “${type}” is not described`
  if (method === 'HEAD' || !/json$/.test(type)) return undefined
  return faultInJson(body, described.schema, validators)
}

/** An address or a method that the document does not have may only be refused, or answer OPTIONS. */
function faultElsewhere(answer: Answer, validators: Validators, refusalSchema: string): string | undefined {
  const { method, status, headers, body } = answer
  if (method === 'OPTIONS' && status === 204) return body === '' ? undefined : 'the body is not described'
  if (![...ANYWHERE, ...REFUSED_EARLIER].includes(status)) return 'the address or the method is not described'
  if (status === 405 && !headers.allow) return 'the header Allow is missing'
  if (method === 'HEAD' || headers['content-type']?.startsWith('text/html')) return undefined
  return faultInJson(body, { $ref: `#/components/schemas/${refusalSchema}` }, validators)
}

function faultInJson(body: string, schema: Json, validators: Validators): string | undefined {
  try {
    const wrong = validators.faultOf(schema, JSON.parse(body))
    return wrong && `the body ${wrong}`
  } catch {
    return 'the body is not JSON'
  }
}

/** The compiled schemas of one document. */
class Validators {
  private readonly ajv = new Ajv2020({ strict: false, meta: false, validateSchema: false })
  private readonly compiled = new Map<string, ValidateFunction>()

  constructor(private readonly document: Json) {
    addFormats(this.ajv)
    const components = closed(document.components) as { schemas: Json }
    this.ajv.addSchema({ $id: 'https://document.invalid/', components })
    // Now, so that no test is slowed down while it measures time.
    for (const name of Object.keys(components.schemas)) this.faultOf({ $ref: `#/components/schemas/${name}` }, null)
  }

  follow(part: Json): Json {
    const { $ref } = part
    if (typeof $ref !== 'string') return part
    const found = $ref
      .slice(2)
      .split('/')
      .reduce<unknown>((at, name) => (at as Json)[name], this.document)
    return found as Json
  }

  /** @returns what is wrong with the value, as the rest of a sentence */
  faultOf(schema: Json, value: unknown): string | undefined {
    const key = JSON.stringify(schema)
    const validate =
      this.compiled.get(key) ?? this.ajv.compile(JSON.parse(key.replaceAll('"#/', '"https://document.invalid/#/')))
    this.compiled.set(key, validate)
    if (validate(value)) return undefined
    return `is not as described: ${this.ajv.errorsText(validate.errors, { dataVar: 'it' })}`
  }
}

/**
 * Clients must accept members that they do not know, so the document's objects are open. In a test, a member that the
 * document does not name is a mistake, so here they are closed.
 */
function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed)
  if (typeof part !== 'object' || part === null) return part
  const copy = Object.fromEntries(Object.entries(part).map(([name, value]) => [name, closed(value)]))
  const isObject = copy.type === 'object' && 'properties' in copy && !('additionalProperties' in copy)
  return isObject ? { ...copy, additionalProperties: false } : copy
}

// ── reading an answer ───────────────────────────────────────────────────────────────────────────

function isPage(pages: string[], path: string): boolean {
  return pages.some(page => path === page || (page !== '/' && path.startsWith(`${page}/`)))
}

function pathOf(url: string): string {
  const path = url.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0] ?? ''
  return path === '' ? '/' : path
}

/** @returns a function that reads the headers and the body, once they have been sent */
function keepWhatIsSent(response: ServerResponse): () => Pick<Answer, 'headers' | 'body'> {
  const chunks: Buffer[] = []
  let last: Record<string, unknown> = {}
  const keep = (chunk: unknown) => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk as string))
  }
  const { write, end, writeHead } = response
  response.write = ((...args: Parameters<typeof write>) => {
    keep(args[0])
    return write.apply(response, args)
  }) as typeof write
  response.end = ((...args: Parameters<typeof end>) => {
    keep(args[0])
    return end.apply(response, args)
  }) as typeof end
  response.writeHead = ((...args: Parameters<typeof writeHead>) => {
    const headers = args.at(-1)
    if (typeof headers === 'object' && !Array.isArray(headers)) last = { ...headers }
    return writeHead.apply(response, args)
  }) as typeof writeHead
  return () => {
    const headers = Object.entries({ ...response.getHeaders(), ...last })
    return {
      headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), [value].flat().join(', ')])),
      body: Buffer.concat(chunks).toString(),
    }
  }
}
