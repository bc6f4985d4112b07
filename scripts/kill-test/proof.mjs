/** After the kills: checks that the services still have everything that they acknowledged. */

import { until } from '../lib/wait.mjs'

/** How many requests are sent at the same time. */
const AT_ONCE = 8

const READY_WITHIN_S = 30

/** @typedef {{ name: string, failures: string[] }} Result */

/** @param {import('./clients.mjs').Clients} clients @returns {Promise<Result[]>} */
export async function prove({ ledger, requests }) {
  const { codes, refreshTokens, families, events } = ledger
  const acknowledged = events.filter(({ id }) => id !== undefined)
  const live = families.filter(({ state }) => state === 'live')
  const revoked = families.filter(({ state }) => state.endsWith('revoked'))
  const redeemed = codes.filter(({ successes }) => successes > 0)
  const replaced = refreshTokens.filter(({ successes }) => successes > 0)
  /** @type {Result[]} */
  const results = []
  const check = (name, failures) => results.push({ name, failures: failures.filter(failure => failure !== undefined) })

  check('the load covered everything: each kind of request was acknowledged, and some requests were cut off', [
    ...Object.entries({ events: acknowledged, live, revoked, redeemed, replaced }).map(([what, list]) =>
      list.length === 0 ? `nothing acknowledged: ${what}` : undefined,
    ),
    ledger.unanswered === 0 ? 'no request was cut off' : undefined,
  ])
  check('no valid request was refused while services were killed', ledger.wrongAnswers)

  const reader = await requests.redeem(ledger.addCode((await requests.authorize()) ?? ''))
  if (!reader) throw new Error('the authorization server issues no token after the kills')
  const stored = await listEvents(requests, reader.access_token)

  check(
    `all ${acknowledged.length} acknowledged events are stored`,
    await each(acknowledged, async ({ id, summary }) => {
      const { status, json } = await requests.calendar(reader.access_token, `${requests.events}/${id}`)
      return status === 200 && json.summary === summary ? undefined : `${summary} (${id}): ${status}`
    }),
  )
  check(
    `none of the ${events.length} events that were sent is stored twice`,
    events.map(({ summary }) => {
      const times = stored.filter(event => event.summary === summary).length
      return times > 1 ? `${summary}: ${times} times` : undefined
    }),
  )
  check(
    `all ${live.length} live token pairs work`,
    await each(live, async family => {
      const { status } = await requests.calendar(family.accessToken, `${requests.events}?maxResults=1`)
      if (status !== 200) return `access token: ${status}`
      const tokens = await requests.redeemRefreshToken(family.refreshToken)
      return tokens ? undefined : 'refresh token refused'
    }),
  )
  check(
    `all ${revoked.length} revoked tokens stay revoked`,
    await each(revoked, async family => {
      const { status } = await requests.calendar(family.accessToken, `${requests.events}?maxResults=1`)
      if (status !== 401) return `access token: ${status}`
      if (family.state === 'access token revoked') return undefined
      return (await requests.redeemRefreshToken(family.refreshToken)) ? 'the refresh token works' : undefined
    }),
  )
  // Last, because each of these replays revokes the tokens from the first use (RFC 6749 §4.1.2, RFC 9700 §4.14.2).
  check(
    `none of ${redeemed.length} redeemed codes works again`,
    await each(redeemed, async code => ((await requests.redeem(code)) ? code.value : undefined)),
  )
  check(
    `none of ${replaced.length} replaced refresh tokens works again`,
    await each(replaced, async token => ((await requests.redeemRefreshToken(token)) ? token.value : undefined)),
  )
  check(
    'no code and no refresh token worked twice',
    [...codes, ...refreshTokens].map(({ value, successes }) => (successes > 1 ? `${value}: ${successes}` : undefined)),
  )
  return results
}

async function listEvents(requests, accessToken) {
  const items = []
  let pageToken = ''
  do {
    const ask = () =>
      requests.answered(() => requests.calendar(accessToken, `${requests.events}?pageToken=${pageToken}`))
    // A calendar API that has just started answers 503 until it knows which tokens were revoked.
    const { status, json } = await until(ask, READY_WITHIN_S, 'the calendar API answers 503')
    if (status !== 200) throw new Error(`the list of events: ${status}`)
    items.push(...json.items)
    pageToken = json.nextPageToken
  } while (pageToken)
  return items
}

/** @template T @param {T[]} list @param {(item: T) => Promise<string | undefined>} ask */
async function each(list, ask) {
  const rest = [...list]
  const failures = []
  const work = async () => {
    for (let item = rest.pop(); item !== undefined; item = rest.pop()) {
      const failure = await ask(item)
      if (failure) failures.push(failure)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return failures
}
