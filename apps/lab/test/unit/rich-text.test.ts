import { readRichText } from '../../src/text/rich-text'
import { AT } from '../marked-text'

const read = (text: string, runId?: string) => readRichText(text, { ...AT, runId }, id => `the ${id}`)

test.each([
  ['plain text', [{ kind: 'text', text: 'plain text' }]],
  [
    'a `code` and **more** of *it*',
    [
      { kind: 'text', text: 'a ' },
      { kind: 'code', text: 'code' },
      { kind: 'text', text: ' and ' },
      { kind: 'strong', text: 'more' },
      { kind: 'text', text: ' of ' },
      { kind: 'em', text: 'it' },
    ],
  ],
  ['[[scope]]', [{ kind: 'term', id: 'scope', text: 'the scope' }]],
  ['[[scope|Scopes]]', [{ kind: 'term', id: 'scope', text: 'Scopes' }]],
  ['[open](tripmate:/connect)', [{ kind: 'link', text: 'open', href: 'http://localhost:4000/connect', newTab: true }]],
  ['[open](lab:/runs)', [{ kind: 'link', text: 'open', href: '/runs', newTab: false }]],
])('%s', (text, pieces) => {
  expect(read(text)).toEqual(pieces)
})

test('a link to the newest run leads to the list while there is none', () => {
  expect(read('[see](run:#lights)')).toMatchObject([{ href: '/runs' }])
  expect(read('[see](run:#lights)', 'abc')).toMatchObject([{ href: '/runs/abc#lights' }])
})

test('a place that does not exist is a mistake in the text', () => {
  expect(() => read('[see](elsewhere:/x)')).toThrow('no place')
})
