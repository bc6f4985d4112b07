import { queryText, readParameters, refuseRepeated } from '../../src/protocol/parameters'

test.each([
  ['a value', 'a=1', '1'],
  ['no parameter', 'b=1', undefined],
  ['an empty value counts as none (RFC 6749 §3.1)', 'a=', undefined],
  ['one of two is empty', 'a=&a=1', '1'],
  ['form encoding (RFC 6749 Appendix B)', 'a=x+y%26z', 'x y&z'],
  ['a built-in property name', 'toString=1&a=2', '2'],
])('%s', (_name, encoded, expected) => {
  expect(readParameters(encoded).get('a')).toBe(expected)
})

test('a built-in property name is missing unless it was sent', () => {
  expect(readParameters('').get('constructor')).toBeUndefined()
  expect(readParameters('').get('__proto__')).toBeUndefined()
})

test('a repeated parameter is refused where it is read', () => {
  expect(() => readParameters('a=1&a=2').get('a')).toThrow('a was sent more than once')
})

test('a repeated parameter is refused even if it is unknown; only resource can be repeated (RFC 8707 §2)', () => {
  expect(() => refuseRepeated(readParameters('x=1&x=2'))).toThrow('a parameter was sent more than once')
  expect(() => refuseRepeated(readParameters('x=1&x=&y=1'))).not.toThrow()
  expect(() => refuseRepeated(readParameters('resource=a&resource=b&x='))).not.toThrow()
  expect(readParameters('resource=a&resource=b').all('resource')).toEqual(['a', 'b'])
})

test('more than a hundred parameters are refused', () => {
  const many = (count: number) => readParameters(Array.from({ length: count }, (_, i) => `p${i}=`).join('&'))
  expect(() => refuseRepeated(many(100))).not.toThrow()
  expect(() => refuseRepeated(many(101))).toThrow('the request has more than 100 parameters')
})

test.each(['%00', '%0A', '%0D%0A', '%7F', '%1f'])('the control character %s is refused', character => {
  const parameters = readParameters(`a=x${character}y&scope=x${character}y`)
  expect(() => parameters.get('a')).toThrow('a has a character that is not allowed')
  // parseScope() refuses it, with its own error code.
  expect(parameters.get('scope')).toBe(`x${decodeURIComponent(character)}y`)
})

test.each(['%ff', '%c3', '%ed%a0%80', '\ud800'])(
  'text that is not UTF-8 is refused: %s (RFC 6749 Appendix B)',
  text => {
    expect(() => readParameters(`a=x${text}y`).get('a')).toThrow('a has a character that is not allowed')
  },
)

test('an unknown parameter can have any value (RFC 6749 §3.1)', () => {
  expect(() => refuseRepeated(readParameters('claims=%7B%0A%7D'))).not.toThrow()
})

test('the error names a missing parameter', () => {
  expect(() => readParameters('').require('code')).toThrow('code is missing')
})

test.each([
  ['/authorize?a=1&b=%3F', 'a=1&b=%3F'],
  ['/authorize//?a=1?2', 'a=1?2'],
  ['?a=1', 'a=1'],
  ['/authorize?', ''],
  ['/authorize', ''],
])('the query of %s is %j, still encoded', (url, expected) => {
  expect(queryText(url)).toBe(expected)
})
