import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GLOSSARY, termNamed } from '../../src/glossary/terms'
import { linksOf, PLACES } from '../marked-text'

const TERMS = GLOSSARY.flatMap(group => group.terms)

test('each term has an address of its own', () => {
  const ids = [...GLOSSARY, ...TERMS].map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids) expect(id).toMatch(/^[a-z]+(?:-[a-z]+)*$/)
})

test.each(TERMS.map(term => [term.id, term] as const))(
  '%s: two plain sentences, an example, and a section',
  (_id, term) => {
    const sentences = term.says.split(/(?<=[.!?])\s+(?=[A-Z])/)
    expect(sentences).toHaveLength(2)
    expect(term.says).not.toMatch(/[`*[\]]/)
    expect(term.example).toMatch(/\.$/)
    expect(term.spec.label).toMatch(/^RFC \d{4} §\d/)
    for (const link of linksOf(term.example)) expect(PLACES).toContain(link.place)
  },
)

test.each([
  'client',
  'resource-owner',
  'authorization-server',
  'resource-server',
  'bearer-token',
  'scope',
  'consent',
  'claim',
  'front-channel',
  'back-channel',
  'public-client',
  'confidential-client',
  'redirect-uri',
  'authorization-code',
  'access-token',
  'refresh-token',
  'state',
  'pkce',
  'code-verifier',
  'code-challenge',
  'jwt',
  'issuer',
  'audience',
  'grant',
  'session',
  'cookie',
])('a learner who looks for %s finds it', id => {
  expect(termNamed(id).id).toBe(id)
})

test('terms that views use are in the glossary', () => {
  const folder = join(__dirname, '../../views')
  const views = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ejs'))
  const used = views.flatMap(name =>
    [...readFileSync(join(folder, name), 'utf8').matchAll(/term', \{ id: '([^']+)'/g)].map(([, id]) => id ?? ''),
  )
  expect(used.length).toBeGreaterThan(3)
  for (const id of used) expect(() => termNamed(id)).not.toThrow()
})
