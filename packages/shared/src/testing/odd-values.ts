/** Values that no real client would send: malformed texts, parameters and JSON. */
import fc from 'fast-check'

/** Names that mean something to JavaScript, and names that mean nothing. */
const ODD_NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', '', '\0', 'é']

/** The surrogates, which are not characters on their own. */
const [FIRST_SURROGATE, SURROGATES] = [0xd800, 0x800]

/** Any character, like fast-check's `unit: 'binary'`, but without first building a table of all 1.1 million. */
const oddCharacter = fc
  .nat(0x10ffff - SURROGATES)
  .map(n => String.fromCodePoint(n < FIRST_SURROGATE ? n : n + SURROGATES), numberOf)

/** The reverse, which fast-check needs to mix in its own strings. */
function numberOf(character: unknown): number {
  if (typeof character !== 'string' || [...character].length !== 1) throw new TypeError('not one character')
  const n = character.codePointAt(0) ?? 0
  return n < FIRST_SURROGATE ? n : n - SURROGATES
}

/** Text that causes trouble in many places: encodings, types, templates, queries, headers, paths. */
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

/** A single surrogate has no percent-encoding, so it becomes U+FFFD. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString()
}

/** A value in a query or a form, percent-encoded correctly or not. */
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

/** One parameter: mostly valid, otherwise malformed, missing, repeated or nested. */
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

export function encodedParameters(good: Record<string, string>): fc.Arbitrary<string> {
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

export function jsonText(good: Record<string, unknown>): fc.Arbitrary<string> {
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
        `{"jwks":{"keys":[{"kty":"X","a":${'['.repeat(20_000)}${']'.repeat(20_000)}}]}}`,
        `{"summary":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
        '{"a":'.repeat(9_000),
      ),
    },
  )
}
