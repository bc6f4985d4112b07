import { DEEPEST_JSON, NestedTooDeeply, parseJson } from '../../src/parse-json'

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

test('JSON is parsed up to a depth that nothing needs', () => {
  expect(parseJson('{"a":[1,{"b":null}]}')).toEqual({ a: [1, { b: null }] })
  expect(() => parseJson(nested(DEEPEST_JSON))).not.toThrow()
  expect(() => parseJson(nested(DEEPEST_JSON + 1))).toThrow(NestedTooDeeply)
  expect(() => parseJson('{"a":'.repeat(DEEPEST_JSON + 1))).toThrow(NestedTooDeeply)
})

test('brackets in strings do not count, and those side by side neither', () => {
  const text = '["\\"[[\\\\", '.concat(`"${'[{'.repeat(500)}\\\\"`, ', []'.repeat(500), ']')
  expect(parseJson(text)).toHaveLength(502)
})

test('what is not JSON is a SyntaxError', () => {
  for (const text of ['', '{', '"', '"\\"', ']'.repeat(500)]) expect(() => parseJson(text)).toThrow(SyntaxError)
})
