/** What the panel of a message offers: its request as curl, and an earlier message to compare it with. */
import type { Addresses } from '@glasshouse/shared/environment'
import { isSpent } from '../capture/masking'
import type { Message } from '../capture/messages'
import { headerOf, parseBody, pathOf } from '../capture/read-message'
import { referencedIds } from '../capture/references'
import { previousAlike } from '../compare/alike'
import type { Context } from '../context'
import { curlRequest } from './curl'
import { spentInFull, VARIABLES_IN_ENV_FILE, type ValueSource } from './variables'

export interface CopiedRequest {
  /** Ready to paste. */
  command: string
  remarks: string[]
  /** For a page that the browser opened: its address, if nothing in it is masked. */
  url?: string
}

/** @param inOrder the messages of the run */
export function takeAlong({ config, values, clock }: Context, inOrder: Message[], message: Message) {
  return {
    copied: copiedRequest(message, { addresses: config.addresses, values, now: clock() }),
    earlier: previousAlike(inOrder, message),
  }
}

export function copiedRequest(
  message: Message,
  { addresses, values, now }: { addresses: Addresses; values: ValueSource; now: number },
): CopiedRequest {
  const { lines, variables, url } = curlRequest(message, addresses, spentInFull(values, now))
  const reading = variables.filter(name => VARIABLES_IN_ENV_FILE.includes(name)).map(readFromEnvFile)
  const [first = '', ...more] = lines
  const show = message.request.method === 'HEAD' ? 'curl' : 'curl -i'
  const command = [...reading, [`${show} ${first}`, ...more].join(' \\\n  ')].join('\n')
  const isPage = message.channel === 'front' && message.request.method === 'GET'
  return { command, remarks: remarksOn(message, variables, values, now), ...(isPage && url !== undefined && { url }) }
}

/** Quoted, so that `export` alone, which lists every variable, cannot come of it. */
export function readFromEnvFile(name: string): string {
  return `export "$(grep '^${name}=' .env)"`
}

function remarksOn(message: Message, variables: string[], values: ValueSource, now: number): string[] {
  const { request } = message
  const remarks = variables.map(name => remarkOnVariable(name))
  if (headerOf(request, 'cookie')) remarks.push(remarkOnCookies(message))
  const again = remarkOnSecondUse(message, values, now)
  if (again) remarks.push(again)
  if (request.cut) remarks.push('The Lab has kept only the first 64 kB of the body, so the command sends less.')
  if (request.body === undefined && request.bodyBytes > 0) {
    remarks.push('The Lab does not keep bodies of this type, so the command sends none.')
  }
  return remarks
}

function remarkOnVariable(name: string): string {
  if (VARIABLES_IN_ENV_FILE.includes(name)) {
    return `The client secret is never recorded. The first line reads it from the file .env into $${name}: paste the command in Glasshouse’s folder.`
  }
  const kind = name.replace(/_\d+$/, '')
  return (
    {
      CLIENT_SECRET: 'The client secret is never recorded. Before you paste, set it: CLIENT_SECRET=…',
      PASSWORD: 'The password is never recorded. Before you paste, set it: PASSWORD=…',
      ACCESS_TOKEN: `The access token of this message still opens the calendar, so it is not written here. Before you paste, set ${name} to one of your own: the developer page at Accounts shows how to get one. Without it, the calendar refuses the request.`,
      REFRESH_TOKEN: `The refresh token of this message is still good, so it is not written here. Before you paste, set ${name} to one of your own.`,
      FORM_FIELD:
        'The form’s hidden field is good only for the browser that got the page. Without it the answer is 403: so no other site can send this form in your name.',
    }[kind] ??
    `A value in this message still opens something, so it is not written here. Before you paste, set ${name} to one of your own.`
  )
}

function remarkOnCookies({ to }: Message): string {
  const where = to === 'client-app' ? 'Tripmate' : to === 'auth-server' ? 'Accounts' : 'the calendar'
  return `Your browser’s cookies are left out, because anybody who has them is signed in as you. So ${where} answers as it would answer a stranger.`
}

/** What is sent a second time is what a thief would send. */
function remarkOnSecondUse({ request, to }: Message, values: ValueSource, now: number): string | undefined {
  if (to === 'calendar-api') {
    const ended = referencedIds(headerOf(request, 'authorization') ?? '').some(id => isOver(values, id, now))
    return ended ? 'This access token has ended, so the calendar answers 401.' : undefined
  }
  if (to !== 'auth-server' || pathOf(request.target) !== '/token') return undefined
  const { code, refresh_token: refreshToken } = parseBody(request)
  if (typeof code === 'string' && referencedIds(code).some(id => isOver(values, id, now))) {
    return 'This code has been used. If it comes again, it may have been stolen, so Accounts refuses it, and ends the tokens that its first use issued. So you will have to connect again.'
  }
  if (typeof refreshToken === 'string' && referencedIds(refreshToken).some(id => isOver(values, id, now))) {
    return 'This refresh token has been replaced. If it comes again, it may have been stolen, so Accounts refuses it, and ends all tokens of this connection. So you will have to connect again.'
  }
  return undefined
}

function isOver(values: ValueSource, id: string, now: number): boolean {
  const value = values.get(id)
  return value !== undefined && isSpent(value, now)
}
