import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { termNamed } from '../../src/glossary/terms'
import { sourceAddress } from '../../src/text/source-line'
import type { Stop } from '../../src/tour/stop'
import { STOPS } from '../../src/tour/stops'
import { linksOf, PLACES, termsOf } from '../marked-text'

const ROOT = join(__dirname, '../../../..')
const EACH = STOPS.map(stop => [stop.id, stop] as const)

test('nine stops, each with an address and a question of its own', () => {
  expect(STOPS).toHaveLength(9)
  expect(new Set(STOPS.map(({ id }) => id)).size).toBe(9)
  expect(new Set(STOPS.map(({ question }) => question)).size).toBe(9)
  for (const { id } of STOPS) expect(id).toMatch(/^[a-z]+(?:-[a-z]+)*$/)
  // The addresses of pages beside the stops.
  for (const taken of ['summary', 'restart']) expect(STOPS.map(({ id }) => id)).not.toContain(taken)
})

test.each(EACH)('%s: three answers, one of them right, each with its reason', (_id, stop) => {
  expect(stop.answers).toHaveLength(3)
  expect(stop.answers.filter(({ right }) => right)).toHaveLength(1)
  for (const { text, why } of stop.answers) {
    expect(text).toMatch(/^[^`*[\]]+\.$/) // the label of a button
    expect(why.length).toBeGreaterThan(40)
  }
})

test('the right answer is not always in the same place, nor always the longest', () => {
  const places = STOPS.map(stop => stop.answers.findIndex(({ right }) => right))
  for (const place of [0, 1, 2]) expect(places).toContain(place)
  const longest = STOPS.filter(({ answers }) => {
    const lengths = answers.map(({ text }) => text.length)
    return lengths[answers.findIndex(({ right }) => right)] === Math.max(...lengths)
  })
  expect(longest.length).toBeLessThanOrEqual(5)
})

test.each(EACH)('%s: something to do, a message that proves it, thieves, and a lesson', (_id, stop) => {
  expect(stop.task.length).toBeGreaterThan(0)
  expect(stop.task.flatMap(linksOf).length).toBeGreaterThan(0)
  expect(stop.proof.some(({ optional }) => !optional)).toBe(true)
  for (const { request, response } of stop.proof) expect({ ...request, ...response }).not.toEqual({})
  expect(stop.thieves.length).toBeGreaterThan(0)
  expect(stop.lesson.length).toBeGreaterThan(80)
})

test.each(EACH)('%s: every link leads somewhere', (_id, stop) => {
  const texts = textsOf(stop)
  for (const { place } of texts.flatMap(linksOf)) expect(PLACES).toContain(place)
  for (const id of [...stop.readOn.terms, ...texts.flatMap(termsOf)]) expect(() => termNamed(id)).not.toThrow()
  for (const { path } of stop.readOn.docs ?? []) expect(existsSync(join(ROOT, path))).toBe(true)
  for (const { path, at } of stop.readOn.sources) {
    expect(readFileSync(join(ROOT, path), 'utf8')).toContain(at)
    expect(sourceAddress(path, at)).toMatch(/#L\d+$/)
  }
  expect(stop.readOn.specs.length).toBeGreaterThan(0)
  for (const { label } of stop.readOn.specs) expect(label).toMatch(/^RFC \d{4} §\d/)
})

test('“What does the API check?” says how long a revoked token can be used, as the source has it', () => {
  const source = readFileSync(join(ROOT, 'apps/auth-server/src/tokens/ended-tokens.ts'), 'utf8')
  const [, seconds] = /LEASE_S = (\d+)/.exec(source) ?? []
  const text = STOPS.find(({ id }) => id === 'api')?.explanation.join(' ')
  expect(text).toContain('**revoked** token is refused, although its signature fits and it has not expired')
  expect(text).toContain(`it refuses every token after ${seconds} seconds at most`)
})

function textsOf(stop: Stop): string[] {
  return [
    stop.scene,
    stop.bet,
    ...stop.task,
    ...stop.answers.map(({ why }) => why),
    ...stop.proof.flatMap(({ request = {}, response = {} }) => [...Object.values(request), ...Object.values(response)]),
    ...stop.explanation,
    ...stop.thieves.flatMap(({ who, stopped }) => [who, stopped]),
    stop.lesson,
  ]
}
