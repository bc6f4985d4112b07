/**
 * Writes down the HTTP messages of the seven steps for the ladder on the start page: in demo mode only, and masked before
 * they are stored. You can skip this file: nothing depends on it, and if the journal cannot be written or read, everything
 * else goes on.
 */
import { parties } from '@glasshouse/shared/pages'
import { describeRequest, describeResponse, type HttpMessage } from '@glasshouse/shared/see-through/http-message'
import { type DescribedJwt, describeJwt } from '@glasshouse/shared/see-through/jwt'
import type { StepNumber } from '@glasshouse/shared/see-through/steps'
import type { Request } from 'express'
import type { Context } from './context'
import { type HttpRequest, type HttpResponse, readJson } from './http-client'
import * as exchanges from './store/exchanges'

/** What one rung can open: the messages, and the token that came with them. */
export interface Entry {
  messages: HttpMessage[]
  token?: DescribedJwt
}

interface Answered {
  request: HttpRequest
  response: HttpResponse
}

const BROWSER = 'Your browser'

/** Step 1: what Tripmate answers to "Connect". The browser carries it on. */
export async function recordAuthorizationRequest(context: Context, userId: string, url: string): Promise<void> {
  const { client } = names(context)
  await attempt(context, () => exchanges.clear(context.db, userId))
  await record(context, userId, 1, () => ({
    messages: [describeResponse({ from: client, to: BROWSER, status: 302, headers: { location: url } })],
  }))
}

/** Step 3: what the browser brings back. */
export async function recordAuthorizationResponse(context: Context, userId: string, request: Request): Promise<void> {
  const { originalUrl: url, method, headers } = request
  await record(context, userId, 3, () => ({
    messages: [describeRequest({ from: BROWSER, to: names(context).client, method, url, headers })],
  }))
}

/** Steps 4 and 5, or step 7. */
export async function recordTokenExchange(
  context: Context,
  userId: string,
  refresh: boolean,
  { request, response }: Answered,
): Promise<void> {
  const { client, authorizationServer } = names(context)
  const sent = () => describeRequest({ from: client, to: authorizationServer, ...request })
  const got = () => describeResponse({ from: authorizationServer, to: client, answers: 'token', ...response })
  if (!refresh) await record(context, userId, 4, () => ({ messages: [sent()] }))
  await record(context, userId, refresh ? 7 : 5, () => {
    const accessToken = readJson(response)?.access_token
    const token = typeof accessToken === 'string' ? describeJwt(accessToken) : undefined
    return { messages: refresh ? [sent(), got()] : [got()], ...(token && { token }) }
  })
}

/** Step 6. */
export async function recordApiCall(context: Context, userId: string, { request, response }: Answered): Promise<void> {
  const { client, resourceServer } = names(context)
  await record(context, userId, 6, () => {
    const sent = describeRequest({ from: client, to: resourceServer, ...request })
    return { messages: [sent, describeResponse({ from: resourceServer, to: client, answers: 'API', ...response })] }
  })
}

/** Everything there is, by step, the newest first. Nothing if the journal cannot be read. */
export async function readJournal(context: Context, userId: string): Promise<Map<number, Entry[]>> {
  const steps = new Map<number, Entry[]>()
  await attempt(context, async () => {
    for (const { step, content } of await exchanges.listOf(context.db, userId)) {
      steps.set(step, [...(steps.get(step) ?? []), JSON.parse(content) as Entry])
    }
  })
  return steps
}

/** @param describe makes the entry: what fails in it stops nothing either */
async function record(context: Context, userId: string, step: StepNumber, describe: () => Entry): Promise<void> {
  await attempt(context, async () => {
    const content = JSON.stringify(describe())
    await exchanges.add(context.db, userId, { step, content, atMs: context.clock() })
  })
}

async function attempt(context: Context, act: () => Promise<void>): Promise<void> {
  if (!context.config.demo) return
  try {
    await act()
  } catch (error) {
    context.log.warn({ error }, 'cannot read or write the messages of the seven steps; everything else still works')
  }
}

function names({ config }: Context) {
  const cast = parties(config.addresses)
  return {
    client: cast.client.name,
    authorizationServer: cast['authorization-server'].name,
    resourceServer: cast['resource-server'].name,
  }
}
