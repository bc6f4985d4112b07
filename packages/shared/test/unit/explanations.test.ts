import { explainHeader } from '../../src/see-through/explanations'

test.each([
  ['a redirect of the browser', 'other', /browser goes to next/],
  ['an event that the API created', 'API response', /what was just created/],
] as const)('Location is explained as what it is in %s', (_, kind, meaning) => {
  expect(explainHeader('location', 'http://localhost/x', kind)?.meaning).toMatch(meaning)
})
