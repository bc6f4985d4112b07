/** Holds the lists of checks against the source that they describe, so that neither can change without the other. */
import type { Check, CheckList, Place } from '../../src/checks/check'
import { CHECK_LISTS } from '../../src/checks/lists'
import { lineOf } from '../../src/checks/places'
import { BUILT_ELSEWHERE, CLAIMED_BY_CODE, OTHER_TEXTS } from '../other-texts'
import { readSource, type SourceTexts } from '../source-texts'

const checks = CHECK_LISTS.flatMap(list => list.checks)
const pathOf = ({ calledFrom = [], file, anchor }: Check): Place[] => [...calledFrom, { file, anchor }]
const named = (list: CheckList) => `${list.receiver}: ${list.checks.at(-1)?.name}`

/** Where refusals come from that a check claims by its text, but that have no check's line themselves. */
const MORE_FILES = [
  'apps/auth-server/src/endpoints/answer.ts',
  'apps/auth-server/src/protocol/scope.ts',
  'apps/calendar-api/src/challenge.ts',
  'apps/calendar-api/src/entity-tags.ts',
  'apps/client-app/src/oauth/refusal.ts',
]

const files = [...new Set([...checks.flatMap(pathOf).map(({ file }) => file), ...MORE_FILES])].sort()
const sources = new Map(files.map(file => [file, readSource(file)]))
const source = (file: string) => sources.get(file) as SourceTexts
const allTexts = new Set([...sources.values(), ...CLAIMED_BY_CODE.map(readSource)].flatMap(({ texts }) => texts))
const claimed = new Set(checks.flatMap(({ why }) => why))

describe('each check', () => {
  const places = new Map(checks.flatMap(pathOf).map(place => [`${place.file} › ${place.anchor}`, place]))
  test.each([...places])('stands in the source once: %s', (_name, { file, anchor }) => {
    expect(source(file).source.split(anchor)).toHaveLength(2)
    expect(anchor).not.toContain('\n')
    const line = source(file).source.split('\n')[lineOf({ file, anchor }) - 1]
    expect(line).toContain(anchor)
  })

  test.each(CHECK_LISTS.map(list => [named(list), list] as const))(
    'is in the order of the source (%s)',
    (_name, list) => {
      const wrong = list.checks.slice(1).filter((check, index) => !runsBefore(list.checks[index] as Check, check))
      expect(wrong.map(({ name }) => name)).toEqual([])
    },
  )

  test.each(CHECK_LISTS.map(list => [named(list), list] as const))('has a name of its own (%s)', (_name, list) => {
    const names = list.checks.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter(name => !/^[a-z\d]+(?:-[a-z\d]+)+$/.test(name))).toEqual([])
  })

  test('says in whole sentences what it is for', () => {
    const texts = checks.flatMap(({ sentence, without }) => [sentence, without])
    expect(texts.filter(text => !/^[A-Z“].*[.)]$/.test(text))).toEqual([])
  })

  test('refuses in words that stand in the source', () => {
    expect([...claimed].filter(why => !standsInSource(why))).toEqual([])
  })
})

describe('each refusal in the source', () => {
  const inDetail = files.filter(file => !CLAIMED_BY_CODE.includes(file))
  const isExplained = (file: string, text: string) => isClaimed(text) || OTHER_TEXTS[file]?.includes(text)

  test.each(inDetail)('belongs to a check, or is named here: %s', file => {
    const sentences = source(file).texts.filter(text => text.trim().split(' ').length > 2)
    expect(sentences.filter(text => !isExplained(file, text))).toEqual([])
  })

  test.each(inDetail)('is thrown with a text that does: %s', file => {
    const throws = source(file).throws.filter(
      ({ texts, names }) => !texts.some(text => isExplained(file, text)) && !BUILT_ELSEWHERE.includes(names[0] ?? ''),
    )
    expect(throws).toEqual([])
  })

  test.each(Object.entries(OTHER_TEXTS))('that is named here is still there: %s', (file, texts) => {
    expect(texts.filter(text => !source(file).texts.includes(text))).toEqual([])
  })
})

/** Compares at the first function in which the two ways differ. A call runs when its arguments are known: at its end. */
function runsBefore(one: Check, other: Check): boolean {
  const [first, second] = [pathOf(one), pathOf(other)]
  const at = first.findIndex(
    (place, index) => place.file !== second[index]?.file || place.anchor !== second[index]?.anchor,
  )
  const [a, b] = [first[at], second[at]]
  return a !== undefined && b !== undefined && a.file === b.file && endOf(a) < endOf(b)
}

function endOf({ file, anchor }: Place): number {
  return source(file).source.indexOf(anchor) + anchor.length
}

/** As it is, or as a template that is filled in, or as two texts that are put together. */
function standsInSource(why: string): boolean {
  const isText = (text: string) => allTexts.has(text) || isInstance(text)
  const words = why.split(' ')
  return (
    isText(why) || words.some((_word, at) => isText(words.slice(0, at).join(' ')) && isText(words.slice(at).join(' ')))
  )
}

function isInstance(why: string): boolean {
  return [...allTexts].some(text => isTemplate(text) && instancesOf(text).test(why))
}

function isClaimed(text: string): boolean {
  return claimed.has(text) || (isTemplate(text) && [...claimed].some(why => instancesOf(text).test(why)))
}

/** A template with some words of its own. */
function isTemplate(text: string): boolean {
  return text.includes('…') && text.replaceAll('…', '').trim().length > 8
}

function instancesOf(template: string): RegExp {
  return new RegExp(
    `^${template
      .split('…')
      .map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.+')}$`,
    's',
  )
}
