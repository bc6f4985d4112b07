/** The buttons beside a light, and why one of them cannot be pressed now. */
import type { Context } from '../context'
import type { RunTable } from '../store/schema'
import type { Facts } from './describe'
import { actionOf, type Lever } from './levers'
import type { LightButton } from './light'

/** Why a lever does nothing now, in a sentence for people. */
const NEEDS: Record<string, (facts: Facts) => string | undefined> = {
  'sign-out-tripmate': needsTripmate,
  'sign-out-accounts': ({ answers }) => (answers.accounts?.signedInAs ? undefined : 'Nobody is signed in.'),
  withdraw: ({ answers: { accounts } }) =>
    !accounts?.consent
      ? 'There is no consent to withdraw.'
      : accounts.isGrantor
        ? undefined
        : 'Only the person who gave the consent can withdraw it: sign in at Accounts first.',
  refresh: needsConnection,
  call: needsConnection,
  disconnect: needsConnection,
  replay: facts =>
    needsTripmate(facts) ?? (facts.tokens.replaced ? undefined : 'There is no old refresh token yet: refresh first.'),
  expire: needsAccessToken,
  revoke: facts => needsConnection(facts) ?? needsAccessToken(facts),
}

function needsTripmate({ answers }: Facts): string | undefined {
  return answers.tripmate?.session ? undefined : 'Tripmate does not know this browser.'
}

function needsConnection({ answers }: Facts): string | undefined {
  return answers.tripmate?.connected ? undefined : 'Tripmate keeps no tokens for this browser.'
}

function needsAccessToken({ answers }: Facts): string | undefined {
  return answers.calendar?.accessToken === 'accepted'
    ? undefined
    : 'The calendar does not accept this token now. Refresh or connect again first.'
}

export function buttonOf(
  lever: Lever,
  facts: Facts,
  back: (lever: string) => string,
  context: Context,
  run: RunTable,
): LightButton {
  const disabled = NEEDS[lever.name]?.(facts)
  const { replaced } = facts.tokens
  return {
    name: lever.name,
    label: lever.label,
    danger: lever.danger === true,
    action: actionOf(lever, context.config.addresses, `/runs/${run.id}`),
    fields: { back: back(lever.name), ...(lever.name === 'replay' && replaced && { refresh_token: replaced }) },
    ...(disabled && { disabled }),
  }
}
