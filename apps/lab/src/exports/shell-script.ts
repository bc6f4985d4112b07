/** The back channel of a run as a shell script: the same requests in the same order, with comments that explain them. */
import type { Addresses } from '@glasshouse/shared/environment'
import { isSpent } from '../capture/masking'
import { inPlace, type Message } from '../capture/messages'
import { parseBody, pathOf } from '../capture/read-message'
import { splitReferences } from '../capture/references'
import type { RunTable } from '../store/schema'
import { PARTY_NAMES } from '../watch/run-page'
import { storyOf } from '../watch/story'
import { curlRequest } from './curl'
import { shellComment, shellWord } from './shell-words'
import { VARIABLES_IN_ENV_FILE, type ValueSource, VariableNames, type WriteValue } from './variables'

export interface ScriptOptions {
  addresses: Addresses
  values: ValueSource
  now: number
}

/** Members of an answer that later requests use. */
const HANDED_ON = ['access_token', 'refresh_token', 'registration_access_token']

export function shellScriptOf(run: RunTable, messages: Message[], options: ScriptOptions): string {
  const ordered = inPlace(messages.filter(({ shown }) => shown))
  const names = new VariableNames(options.values)
  const secrets = new Set<string>()
  // Every value is a variable: an answer may bring a newer one, and the user of the script may set one.
  const write: WriteValue = id => ({ variable: names.of(id) })
  const parts = ordered.map(message => {
    if (message.channel === 'front') return [shellComment(frontChannelLine(message))]
    const { lines, variables } = curlRequest(message, options.addresses, write)
    const used = new Set(names.entries().map(({ name }) => name))
    for (const variable of variables) if (!used.has(variable)) secrets.add(variable)
    return [...about(message), `send ${lines.join(' \\\n  ')}`, ...handOn(message, names)]
  })
  const count = ordered.filter(({ channel }) => channel === 'back').length
  return [
    ...beginning(run, count),
    ...[...secrets].map(setSecret),
    ...names.entries().map(({ id, name }) => setValue(name, id, options)),
    FUNCTIONS,
    ...parts.map(lines => lines.join('\n')),
    '',
  ].join('\n\n')
}

function beginning({ started_at }: RunTable, count: number): string[] {
  const when = new Date(started_at).toISOString().slice(0, 16).replace('T', ' ')
  return [
    '#!/bin/sh',
    [
      `A run that Glasshouse Lab recorded, ${when} UTC: its back channel, ${count} request${count === 1 ? '' : 's'}.`,
      'Run it in Glasshouse’s folder while the services run:  sh THIS-FILE',
      '',
      'It sends the requests again, in order, and prints the answers. They will differ from the recorded ones: a code',
      'works once. A used code or refresh token that comes again may have been stolen, so Accounts refuses it and',
      'ends the tokens of that connection. To play the flow with values of your own, set them:',
      '  CODE=… CODE_VERIFIER=… sh THIS-FILE',
      'No secret that still opens something is in this file.',
    ]
      .map(line => (line === '' ? '#' : `# ${line}`))
      .join('\n'),
    'set -eu',
  ]
}

function setSecret(name: string): string {
  if (!VARIABLES_IN_ENV_FILE.includes(name)) {
    return `${shellComment(`Never recorded. Set it before: ${name}=…`)}\n: "\${${name}:?is not set}"`
  }
  return [
    shellComment(`The client secret is never recorded. It is in the file .env in Glasshouse’s folder.`),
    `if [ -z "\${${name}:-}" ] && [ -f .env ]; then ${name}=$(sed -n 's/^${name}=//p' .env); fi`,
    `: "\${${name}:?is not set, and there is no file .env here that says it}"`,
  ].join('\n')
}

/** A spent value is written in full. For any other one there is only the place to put it. */
function setValue(name: string, id: string, { values, now }: ScriptOptions): string {
  const value = values.get(id)
  if (value && isSpent(value, now) && value.plain !== null) {
    const why = value.spent_why ?? 'its time is over'
    return `${shellComment(`Opens nothing any longer (${why}).`)}\n${name}=\${${name}:-${defaultWord(value.plain)}}`
  }
  return `${shellComment(`Still opened something when this was written (…${value?.tail ?? ''}). Without it, a request that needs it is refused.`)}\n${name}=\${${name}:-}`
}

/** Within `${NAME:-…}`, outside of double quotes. */
function defaultWord(text: string): string {
  return /^[\w.~-]+$/.test(text) ? text : shellWord([text])
}

const FUNCTIONS = `# Sends one request, prints the answer, and keeps it.
send() {
  answer=$(curl -sS -i "$@")
  printf '%s\\n' "$answer"
}

# Prints a member of the last answer. If it has none, prints the value from before.
from_answer() {
  found=$(printf '%s\\n' "$answer" | sed -n 's/.*"'"$1"'":"\\([^"]*\\)".*/\\1/p' | head -n 1)
  printf '%s\\n' "\${found:-$2}"
}`

function about(message: Message): string[] {
  const { title, why } = storyOf(message)
  const { number, from, to, steps, request, response, refusal } = message
  const step = steps.request === null ? '' : `Step ${steps.request} of 7. `
  const answer = response ? `The answer was ${response.status}${refusal ? `: ${refusal.why}` : ''}.` : 'No answer came.'
  const heading = `${number}  ${nameOf(from)} to ${nameOf(to)}: ${request.method} ${pathOf(request.target)}`
  return [
    ...[heading, `${title}. ${step}${why}`, answer].flatMap(text => wrap(text).map(shellComment)),
    `printf '\\n%s\\n' ${shellWord([withoutReferences(heading)])}`,
  ]
}

function frontChannelLine(message: Message): string {
  const { number, from, to, request, response } = message
  const status = response ? ` (${response.status})` : ''
  return withoutReferences(
    `${number}  Front channel, through the browser: ${nameOf(from)} to ${nameOf(to)}, ${request.method} ${pathOf(request.target)}${status}. ${storyOf(message).title}.`,
  )
}

/** After a response, what it issued is what later requests use. */
function handOn({ response }: Message, names: VariableNames): string[] {
  if (!response) return []
  const body = parseBody(response)
  return HANDED_ON.flatMap(member => {
    const [part] = splitReferences(String(body[member] ?? ''))
    if (part === undefined || typeof part === 'string') return []
    const name = names.of(part.valueId)
    return [`${name}=$(from_answer ${member} "$${name}")`]
  })
}

function nameOf(party: string): string {
  return PARTY_NAMES[party] ?? party
}

function withoutReferences(text: string): string {
  return splitReferences(text)
    .map(part => (typeof part === 'string' ? part : '…'))
    .join('')
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
}

const LINE_LENGTH = 110

function wrap(text: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of withoutReferences(text).split(/\s+/)) {
    if (line !== '' && line.length + word.length >= LINE_LENGTH) {
      lines.push(line)
      line = ''
    }
    line += line === '' ? word : ` ${word}`
  }
  return [...lines, line]
}
