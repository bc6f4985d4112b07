/** The protocol's error responses. Thrown at the check that fails, rendered in one place per endpoint. */
export type OAuthErrorCode =
  // RFC 6749 §4.1.2.1 and §5.2
  | 'invalid_request'
  | 'unauthorized_client'
  | 'access_denied'
  | 'unsupported_response_type'
  | 'invalid_scope'
  | 'server_error'
  | 'temporarily_unavailable'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unsupported_grant_type'
  // RFC 7009 §2.2.1
  | 'unsupported_token_type'
  // RFC 8707 §2
  | 'invalid_target'
  // RFC 7591 §3.2.2
  | 'invalid_redirect_uri'
  | 'invalid_client_metadata'
  // RFC 6750 §3.1
  | 'invalid_token'
  // OpenID Connect Core §3.1.2.6: for `prompt=none`, and for `request` and `request_uri` (RFC 9101)
  | 'login_required'
  | 'consent_required'
  | 'request_not_supported'
  | 'request_uri_not_supported'

export class OAuthError extends Error {
  /**
   * @param description for the client's developer: names the parameter and says what to do. It never contains a secret or
   *   the value that was sent: RFC 6749 §5.2 allows only printable ASCII without `"` and `\`
   * @param status of the HTTP answer, where the error is not sent by redirect (RFC 6749 §5.2: 400)
   * @param why the cause, for the log, where the description is one for several causes
   */
  constructor(
    readonly code: OAuthErrorCode,
    readonly description: string,
    readonly status = 400,
    readonly headers: Record<string, string> = {},
    readonly why = description,
  ) {
    super(`${code}: ${description}`)
  }
}
