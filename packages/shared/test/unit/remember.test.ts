import { remember, rememberOf } from '../../src/remember'

function counting<Answer>(answer: (question: string) => Answer) {
  const asked: string[] = []
  const quick = remember(2, (question: string) => {
    asked.push(question)
    return answer(question)
  })
  return { asked, quick }
}

test('a question is answered once, also if the answer is undefined', () => {
  const { asked, quick } = counting(question => (question === 'nobody' ? undefined : question.toUpperCase()))
  expect(['a', 'nobody', 'a', 'nobody'].map(quick)).toEqual(['A', undefined, 'A', undefined])
  expect(asked).toEqual(['a', 'nobody'])
})

test('the oldest answer is forgotten when there are more than the limit', () => {
  const { asked, quick } = counting(question => question)
  for (const question of ['a', 'b', 'a', 'c', 'b', 'a']) quick(question)
  expect(asked).toEqual(['a', 'b', 'c', 'a'])
})

test('an error is not remembered', () => {
  const { asked, quick } = counting(() => {
    throw new Error('not now')
  })
  for (let time = 0; time < 2; time++) expect(() => quick('a')).toThrow('not now')
  expect(asked).toEqual(['a', 'a'])
})

test('the same for objects, which are told apart by identity', () => {
  const [one, other] = [{ name: 'a' }, { name: 'a' }]
  let asked = 0
  const quick = rememberOf(({ name }: { name: string }) => ({ name, asked: ++asked }))
  expect([one, other, one, other].map(quick)).toEqual([1, 2, 1, 2].map(asked => ({ name: 'a', asked })))
})
