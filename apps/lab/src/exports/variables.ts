/**
 * What stands in a copied request where the Lab has no value to write: a client secret or a password was never recorded, and
 * a value that still opens something is masked. The command then says the name of a variable.
 */
import { calendarApi, tripmate } from '@glasshouse/shared/cast'
import type { ReportedExchange } from '@glasshouse/shared/lab/exchange'
import { NEVER_RECORDED } from '@glasshouse/shared/lab/never-recorded'
import { isSpent } from '../capture/masking'
import type { Message } from '../capture/messages'
import { clientIdOf } from '../capture/read-message'
import { splitReferences } from '../capture/references'
import type { SecretValueTable, ValueKind } from '../store/schema'
import type { ShellPart } from './shell-words'

export const VARIABLE_NAMES: Record<ValueKind, string> = {
  code: 'CODE',
  state: 'STATE',
  code_verifier: 'CODE_VERIFIER',
  access_token: 'ACCESS_TOKEN',
  refresh_token: 'REFRESH_TOKEN',
  registration_access_token: 'REGISTRATION_ACCESS_TOKEN',
  session: 'COOKIE',
  form_field: 'FORM_FIELD',
  unknown: 'VALUE',
}

/** The client secrets that Glasshouse keeps in `.env`, by client. */
const IN_ENV_FILE: Record<string, string> = {
  [tripmate.id]: 'TRIPMATE_CLIENT_SECRET',
  [calendarApi.id]: 'CALENDAR_API_SECRET',
}
export const VARIABLES_IN_ENV_FILE: readonly string[] = Object.values(IN_ENV_FILE)

export interface ValueSource {
  get(id: string): SecretValueTable | undefined
}

/** How a value is written at its place: percent-encoded in a URL or a form, escaped in JSON. */
export type Encode = (value: string) => string

/** @returns what to write for a secret value */
export type WriteValue = (valueId: string, encode: Encode) => ShellPart

/** Spent values in full; any other one as a variable of its kind, numbered if a message has several of one kind. */
export function spentInFull(values: ValueSource, now: number): WriteValue {
  const names = new VariableNames(values)
  return (id, encode) => {
    const value = values.get(id)
    return value && isSpent(value, now) && value.plain !== null ? encode(value.plain) : { variable: names.of(id) }
  }
}

/** One name for each value: `ACCESS_TOKEN`, `ACCESS_TOKEN_2`. */
export class VariableNames {
  private readonly names = new Map<string, string>()

  constructor(private readonly values: ValueSource) {}

  of(valueId: string): string {
    const known = this.names.get(valueId)
    if (known) return known
    const base = VARIABLE_NAMES[this.values.get(valueId)?.kind ?? 'unknown']
    const sameKind = [...this.names.values()].filter(name => name.replace(/_\d+$/, '') === base).length
    const name = sameKind === 0 ? base : `${base}_${sameKind + 1}`
    this.names.set(valueId, name)
    return name
  }

  entries(): { id: string; name: string }[] {
    return [...this.names].map(([id, name]) => ({ id, name }))
  }
}

/** Splits a stored text into what is meant literally and what a variable stands for. */
export function shellParts(text: string, message: Message, write: WriteValue, encode: Encode): ShellPart[] {
  return splitReferences(text).flatMap((part): ShellPart[] =>
    typeof part === 'string' ? withoutNeverRecorded(part, message) : [write(part.valueId, encode)],
  )
}

function withoutNeverRecorded(text: string, message: Message): ShellPart[] {
  const pieces = text.split(NEVER_RECORDED)
  return pieces.flatMap((piece, index): ShellPart[] =>
    index === pieces.length - 1 ? [piece] : [piece, { variable: neverRecordedName(piece, message) }],
  )
}

/** @param before the text before it, which ends in the parameter's or member's name */
function neverRecordedName(before: string, message: Message): string {
  const [, name = ''] = /([\w.-]+)"?\s*[=:]\s*"?$/.exec(before) ?? []
  if (/passw/i.test(name)) return 'PASSWORD'
  if (/assertion|token|key/i.test(name)) return name.toUpperCase().replace(/\W/g, '_')
  return secretVariable(message)
}

/** The variable for the secret of the client that sent a message. */
export function secretVariable(message: Message): string {
  return IN_ENV_FILE[clientIdOf(message as unknown as ReportedExchange) ?? ''] ?? 'CLIENT_SECRET'
}
