/** OpenID Connect libraries look here first (OpenID Connect Discovery §4). This server does not support it. */
import { Router } from 'express'
import type { Context } from '../context'
import { OAuthError } from '../protocol/oauth-error'
import { jsonErrors, noStore } from './answer'

export const OPENID_CONFIGURATION_PATH = '/.well-known/openid-configuration'

export function openidConfiguration({ config, log }: Context): Router {
  const router = Router()
  router.use(noStore, () => {
    const metadata = `${config.issuer}/.well-known/oauth-authorization-server`
    const description = `OpenID Connect is not supported, only OAuth 2.0; the metadata (RFC 8414) is at ${metadata}`
    throw new OAuthError('invalid_request', description, 404)
  })
  router.use(jsonErrors(log))
  return router
}
