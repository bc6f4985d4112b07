/**
 * The members that HAR 1.2 requires and allows (http://www.softwareishard.com/blog/har-12-spec/), written down by hand: the
 * JSON schemas on npm (`har-schema`) have had no release since 2017. A member of one's own begins with an underscore.
 */
type Kind = 'string' | 'number' | 'date' | 'object' | Members | [Members]

interface Members {
  [name: string]: { is: Kind; optional?: true }
}

const required = (is: Kind) => ({ is })
const optional = (is: Kind) => ({ is, optional: true as const })

const COMMENT = { comment: optional('string') }
const PAIR: Members = { name: required('string'), value: required('string'), ...COMMENT }
const COOKIE: Members = { ...PAIR, path: optional('string'), domain: optional('string'), expires: optional('date') }

const REQUEST: Members = {
  method: required('string'),
  url: required('string'),
  httpVersion: required('string'),
  cookies: required([COOKIE]),
  headers: required([PAIR]),
  queryString: required([PAIR]),
  postData: optional({ mimeType: required('string'), text: optional('string'), params: optional([PAIR]), ...COMMENT }),
  headersSize: required('number'),
  bodySize: required('number'),
  ...COMMENT,
}

const RESPONSE: Members = {
  status: required('number'),
  statusText: required('string'),
  httpVersion: required('string'),
  cookies: required([COOKIE]),
  headers: required([PAIR]),
  content: required({
    size: required('number'),
    compression: optional('number'),
    mimeType: required('string'),
    text: optional('string'),
    encoding: optional('string'),
    ...COMMENT,
  }),
  redirectURL: required('string'),
  headersSize: required('number'),
  bodySize: required('number'),
  ...COMMENT,
}

const ENTRY: Members = {
  pageref: optional('string'),
  startedDateTime: required('date'),
  time: required('number'),
  request: required(REQUEST),
  response: required(RESPONSE),
  cache: required('object'),
  timings: required({ send: required('number'), wait: required('number'), receive: required('number'), ...COMMENT }),
  serverIPAddress: optional('string'),
  connection: optional('string'),
  ...COMMENT,
}

const CREATOR: Members = { name: required('string'), version: required('string'), ...COMMENT }

const HAR: Members = {
  log: required({
    version: required('string'),
    creator: required(CREATOR),
    browser: optional(CREATOR),
    pages: optional([{ startedDateTime: required('date'), id: required('string'), title: required('string') }]),
    entries: required([ENTRY]),
    ...COMMENT,
  }),
}

/** @returns what breaks the format, each with its place; empty if all is well */
export function faultsInHar(har: unknown): string[] {
  return faultsIn(har, HAR, 'har')
}

function faultsIn(value: unknown, kind: Kind, at: string): string[] {
  if (Array.isArray(kind)) {
    if (!Array.isArray(value)) return [`${at} is not a list`]
    return value.flatMap((one, index) => faultsIn(one, kind[0], `${at}[${index}]`))
  }
  if (kind === 'date') return isDate(value) ? [] : [`${at} is not a date of ISO 8601`]
  if (kind === 'string' || kind === 'number') return typeof value === kind ? [] : [`${at} is not a ${kind}`]
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at} is not an object`]
  if (kind === 'object') return []
  const members = value as Record<string, unknown>
  const unknown = Object.keys(members).filter(name => !name.startsWith('_') && !Object.hasOwn(kind, name))
  const known = Object.entries(kind).flatMap(([name, { is, optional: mayMiss }]) => {
    if (members[name] === undefined) return mayMiss ? [] : [`${at}.${name} is missing`]
    return faultsIn(members[name], is, `${at}.${name}`)
  })
  return [...unknown.map(name => `${at}.${name} is not a member of HAR 1.2`), ...known]
}

function isDate(value: unknown): boolean {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*(?:Z|[+-]\d\d:\d\d)$/.test(value)
}
