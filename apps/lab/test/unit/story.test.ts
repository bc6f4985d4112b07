import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Message } from '../../src/capture/messages'
import { allStories, storyOf } from '../../src/watch/story'
import { type MessageParts, message } from '../messages'

const ROOT = join(__dirname, '../../../..')

test.each(allStories().map(story => [story.title, story] as const))('“%s” names files that exist', (_, story) => {
  const paths = [story.sentBy, story.receivedBy, story.heldBy].filter(path => path !== undefined)
  expect(paths.filter(path => !existsSync(join(ROOT, path)))).toEqual([])
})

test('each story has a reason and a thief', () => {
  for (const { why, thief } of allStories()) {
    expect(why.length).toBeGreaterThan(60)
    expect(thief.length).toBeGreaterThan(40)
  }
})

describe('a refused message is told as a refusal', () => {
  const tokenRequest = { to: 'auth-server', method: 'POST', target: '/token' } as const
  const refresh = { ...tokenRequest, form: { grant_type: 'refresh_token' } }
  const redeem = { ...tokenRequest, form: { grant_type: 'authorization_code' } }
  const call = { to: 'calendar-api', target: '/calendar/events' } as const

  test.each<[string, Message, string]>([
    ['a refresh', message(refresh), 'A new access token, without you'],
    ['a refused refresh', message({ ...refresh, status: 400 }), 'The refresh is refused'],
    ['the exchange', message(redeem), 'The code is exchanged for a token'],
    ['a refused exchange', message({ ...redeem, status: 400 }), 'The exchange of the code is refused'],
    ['a revoked token', fromTripmate({ ...call, status: 401 }, 6), 'Calendar refuses the token'],
    ['too small a scope', fromTripmate({ ...call, method: 'POST', status: 403 }, 6), 'The token may not do this'],
    [
      'Deny',
      withStep({ to: 'client-app', target: '/callback?error=access_denied' }, 3),
      'The answer is an error, not a code',
    ],
    [
      'a foreign answer',
      withStep({ to: 'client-app', target: '/callback?code=x', status: 400 }, 3),
      'Tripmate refuses this answer',
    ],
    [
      'a bad request',
      message({ to: 'auth-server', target: '/authorize?x=y', status: 400 }),
      'Accounts refuses the request',
    ],
    [
      'a withdrawal',
      message({ to: 'auth-server', method: 'POST', target: '/account/withdraw', status: 303 }),
      'You withdraw your consent',
    ],
  ])('%s', (_, told, title) => expect(storyOf(told).title).toBe(title))
})

function withStep(parts: MessageParts, request: 3 | 6): Message {
  return { ...message(parts), steps: { request, response: request } }
}

function fromTripmate(parts: MessageParts, request: 6): Message {
  return { ...withStep(parts, request), from: 'client-app', channel: 'back' }
}
