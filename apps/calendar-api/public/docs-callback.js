// Step 3 for the page to try the API on: hands the code to the viewer in the window that opened this one. Unlike the
// viewer's own script for this, it refuses a response with a wrong state, and checks who sent it (RFC 9207).
const { issuer } = document.getElementById('callback').dataset
const answer = new URLSearchParams(location.search)
const asked = window.opener?.swaggerUIRedirectOauth2

if (asked) {
  const fault = whatIsWrong(asked.state)
  if (fault) {
    asked.errCb({ authId: asked.auth.name, source: 'auth', level: 'error', message: fault })
  } else {
    delete asked.state
    asked.auth.code = answer.get('code')
    asked.callback({ auth: asked.auth, redirectUrl: asked.redirectUrl })
  }
  window.close()
}

function whatIsWrong(state) {
  // RFC 6749 §10.12: the response belongs to the request that this page has sent.
  if (answer.get('state') !== state) return 'The response has another state than the request. Try again.'
  // RFC 9207 §2.4: it comes from the authorization server that the request was sent to.
  if (answer.get('iss') !== issuer) return 'The response comes from another authorization server. Try again.'
  if (answer.get('code')) return undefined
  return `${answer.get('error')}: ${answer.get('error_description') ?? 'access was not allowed'}`
}
