/** Every list of checks. The first one that receives a message is the one that checks it. */
import { agentCall } from './agent-call'
import { authorizationRequest } from './authorization-request'
import { bearerToken } from './bearer-token'
import { callback } from './callback'
import type { CheckList } from './check'
import { registration } from './registration'
import { introspection, revocation } from './revocation'
import { signInAndConsent } from './sign-in-and-consent'
import { tokenRequests } from './token-request'

export const CHECK_LISTS: CheckList[] = [
  authorizationRequest,
  ...signInAndConsent,
  ...callback,
  ...tokenRequests,
  bearerToken,
  agentCall,
  revocation,
  introspection,
  ...registration,
]
