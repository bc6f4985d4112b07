/** What a message says about itself, for choosing the checks that concern it. */
import type { Message } from '../capture/messages'
import { headerOf, parseBody, pathOf, queryOf } from '../capture/read-message'

/** A parameter of the request: from the query of a GET, or from the body. */
export function parameter({ request }: Message, name: string): string | undefined {
  const value = isReading(request) ? queryOf(request.target)[name] : parseBody(request)[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A condition for a check that concerns only requests with one of these parameters. */
export function has(...names: string[]): (message: Message) => boolean {
  return message => names.some(name => parameter(message, name) !== undefined)
}

export function isReading({ method }: Message['request']): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** Whether a request arrived at this path, with one of these methods. */
export function arrivesAt(path: RegExp, ...methods: string[]): (message: Message) => boolean {
  return ({ request }) => path.test(pathOf(request.target)) && methods.includes(request.method)
}

/** The path that the answer sends the browser to. */
export function redirectedTo({ response }: Message): string | undefined {
  const location = response && headerOf(response, 'location')
  return response && response.status >= 300 && response.status < 400 && location ? pathOf(location) : undefined
}

/** The session cookies of a message, as references to secret values. */
export function sessionCookies(headers: [name: string, value: string][], name: 'cookie' | 'set-cookie'): string[] {
  return headers
    .filter(([one]) => one === name)
    .flatMap(([, value]) => (name === 'cookie' ? value.split(/;\s*/) : [value.split(';', 1)[0] ?? '']))
    .filter(pair => /^[^=]*\.sid=/.test(pair))
}
