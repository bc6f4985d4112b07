// Shows the API's description with Swagger UI, and lets it sign in as a public client with PKCE.
const place = document.getElementById('docs')
const { client, redirect } = place.dataset

// The viewer is dark if this class is set. The rest of the page follows the system by itself.
const dark = matchMedia('(prefers-color-scheme: dark)')
const followScheme = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
dark.addEventListener('change', followScheme)
followScheme()

// The viewer's own layout is a whole page: a title, a choice of servers, a second <main>. Here it is a part of ours.
const layout = ({ React }) => ({
  components: {
    PartOfAPage({ getComponent }) {
      const show = (name, connected) => React.createElement(getComponent(name, connected), { key: name })
      const parts = [
        show('SvgAssets'),
        show('errors', true),
        show('AuthorizeBtnContainer', true),
        show('operations', true),
        show('Models', true),
      ]
      return React.createElement('div', { className: 'swagger-ui' }, parts)
    },
  },
})

const viewer = SwaggerUIBundle({
  url: '/openapi.json',
  domNode: place,
  plugins: [layout],
  layout: 'PartOfAPage',
  oauth2RedirectUrl: redirect,
  validatorUrl: null, // otherwise it would send the document to another host
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  syntaxHighlight: false, // its colours have too little contrast
  requestInterceptor(request) {
    // The viewer adds this to the token request. A header that CORS does not admit would stop it.
    delete request.headers['X-Requested-With']
    return request
  },
})

viewer.initOAuth({
  clientId: client,
  scopes: 'calendar.read calendar.write',
  usePkceWithAuthorizationCodeGrant: true,
})

// Names and roles for a screen reader, where the viewer has none.
const nameOf = field => field.closest('[data-param-name]')?.dataset.paramName ?? 'Example'
new MutationObserver(() => {
  for (const field of place.querySelectorAll('select:not([aria-label]), textarea:not([aria-label])')) {
    if (field.labels.length === 0) field.setAttribute('aria-label', nameOf(field))
  }
  place.querySelector('.close-modal')?.setAttribute('aria-label', 'Close')
  place.querySelector('.auth-container h6')?.setAttribute('role', 'presentation')
  // These blocks scroll, so they must be reachable by keyboard.
  for (const block of place.querySelectorAll('.highlight-code > :is(pre, div):not([tabindex])')) block.tabIndex = 0
}).observe(place, { childList: true, subtree: true })

// Escape closes the viewer's dialog, but the focus would be lost.
document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && place.querySelector('.modal-ux')) place.querySelector('.btn.authorize').focus()
})
