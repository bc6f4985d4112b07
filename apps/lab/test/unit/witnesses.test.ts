import { NEVER_RECORDED } from '@glasshouse/shared/lab/never-recorded'
import { witnessTable } from '../../src/watch/witnesses'
import { message } from '../messages'

const authorize = {
  ...message({ to: 'auth-server', target: '/authorize?state=x' }),
  steps: { request: 1, response: 3 },
} as const
const signIn = message({ to: 'auth-server', target: '/login', form: { username: 'alice', password: NEVER_RECORDED } })
const password = (...messages: Parameters<typeof witnessTable>[0]) =>
  witnessTable(messages, () => undefined).find(({ name }) => name === 'your password')

test('a run without a sign-in says why nobody saw the password in it', () => {
  expect(password(authorize)).toMatchObject({
    seenBy: {},
    unseen: 'Not sent in this run: you were signed in at Accounts already.',
  })
})

test('a run with a sign-in, and a run that has not got that far, say nothing of the kind', () => {
  expect(password(authorize, signIn)?.seenBy).toEqual({
    browser: { id: signIn.id, number: 1 },
    'auth-server': { id: signIn.id, number: 1 },
  })
  expect(password(authorize, signIn)?.unseen).toBeUndefined()
  expect(password(message({ to: 'client-app', target: '/connect' }))?.unseen).toBeUndefined()
})
