/** The stops of the tour, in order. To add one, write its file and list it here. */
import type { Stop } from '../stop'
import { api } from './api'
import { backChannel } from './back-channel'
import { code } from './code'
import { consent } from './consent'
import { password } from './password'
import { pkce } from './pkce'
import { refresh } from './refresh'
import { scope } from './scope'
import { state } from './state'

export const STOPS: readonly Stop[] = [password, scope, consent, code, state, pkce, backChannel, api, refresh]
