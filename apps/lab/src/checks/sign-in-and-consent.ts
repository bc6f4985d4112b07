/** Step 2: the forms with which the user signs in and decides. */
import { rfc } from '@glasshouse/shared/see-through/spec'
import { AUTH_SERVER, type Check, type CheckList, calledFrom, type Place } from './check'
import { arrivesAt, has, parameter, redirectedTo } from './facts'

const APP = `${AUTH_SERVER}/app.ts`
const LOGIN = `${AUTH_SERVER}/pages/login.ts`
const CONSENT = `${AUTH_SERVER}/pages/consent.ts`
const RESPONSE = `${AUTH_SERVER}/endpoints/authorization-response.ts`

const OWN_FORM: Check = {
  name: 'form-from-our-page',
  sentence: 'The form contains the hidden field that our own page put there.',
  section: rfc(6749, '10.12'),
  without: 'Another site could send the form in your browser, and click “Allow” for you.',
  file: 'packages/shared/src/anti-forgery.ts',
  anchor: 'if (!reading && !isRequestValid(request)) {',
  why: [
    'The hidden field that our pages put into their forms is missing. Another site may have sent this form, or a program that omitted the field.',
    'Your session has ended since you opened the page, or your browser does not send our cookie: check that cookies are allowed for this site.',
    'Someone signed in or out in this browser after you opened the page, perhaps you in another tab. The form belongs to the earlier session.',
  ],
}

/** @param place where the request that the page is about is looked up */
function pendingRequest(place: Place): Check[] {
  return calledFrom(place, [
    {
      name: 'request-of-this-browser',
      sentence: 'The app’s request was sent by this browser, not too long ago, and the app has not changed since.',
      section: rfc(6749, '10.12'),
      without: 'Somebody could send you a link to their own half-finished request, and have you finish it.',
      file: `${AUTH_SERVER}/pages/pending-request.ts`,
      anchor: 'if (!pending || !client || !isStillAllowed(client, pending)) {',
      why: [
        'It was started in another browser or too long ago, or the app has changed since. Nothing was shared. Go back to the app and start again there.',
      ],
      when: has('request'),
    },
    {
      name: 'request-unanswered',
      sentence: 'The request has not been answered before.',
      without: 'One click on “Allow” could give an app several codes.',
      file: `${AUTH_SERVER}/pages/pending-request.ts`,
      anchor: 'if (pending.decidedAt !== undefined) throw alreadyAnswered(client)',
      why: ['A request can be answered only once. If the app did not receive your answer, start again there.'],
      when: has('request'),
    },
  ])
}

const PASSWORD: Check[] = [
  {
    name: 'password-given',
    sentence: 'There are a username and a password.',
    without: 'An empty form would count as a wrong password.',
    file: LOGIN,
    anchor: 'if (!username || !password) {',
    why: ['the username or the password is empty'],
  },
  {
    name: 'password-not-guessed',
    sentence: 'There were not too many wrong passwords for this account or from this address.',
    section: rfc(6749, '10.10'),
    without: 'An attacker could try passwords until one is right.',
    file: LOGIN,
    anchor: "if (attempt.outcome === 'limited') {",
    why: ['too many wrong passwords for this account or from this address'],
  },
  {
    name: 'password-right',
    sentence: 'The password is the right one.',
    section: rfc(6749, '3.1'),
    without: 'Anybody could say that they are you, and give your calendar away.',
    file: LOGIN,
    anchor: "if (attempt.outcome === 'wrong') {",
    why: ['wrong username or password'],
  },
]

const DECISION: Check[] = [
  {
    name: 'user-signed-in',
    sentence: 'The user who decides is signed in.',
    section: rfc(6749, '3.1'),
    without: 'Anybody at this browser could give away somebody else’s calendar.',
    file: CONSENT,
    anchor: "const decision = textField(request, 'decision')",
    why: [],
    failed: message => redirectedTo(message) === '/login',
  },
  {
    name: 'user-allows',
    sentence: 'The user chose “Allow”, and not “Deny”.',
    section: rfc(6749, '4.1.2.1'),
    without: 'An app would get access that nobody gave.',
    file: CONSENT,
    anchor: "if (decision === 'deny') return answerWithDenial(context, response, pending)",
    why: ['the user denied access'],
  },
  {
    name: 'something-allowed',
    sentence: 'At least one of the permissions that the app asked for is ticked.',
    section: rfc(6749, '3.3'),
    without: 'The app would get a token that opens nothing, and would not know why.',
    file: CONSENT,
    anchor: "if (decision !== 'allow' || granted.length === 0) {",
    why: ['no decision was sent, or no requested scope was ticked'],
  },
  ...calledFrom({ file: CONSENT, anchor: 'await answerWithCode(context, response, pending, resourceOwner, granted,' }, [
    {
      name: 'consent-unchanged',
      sentence: 'The user has not withdrawn the permission in another window at this very moment.',
      without: 'The app would get a code after the user had said no.',
      file: RESPONSE,
      anchor:
        'if (!(await consents.hold(transaction, resourceOwner.id, pending.clientId, scope))) throw consentChanged()',
      why: [
        'You reduced or withdrew it in another window, so the app did not get access. To allow access after all, start again in the app.',
      ],
      when: message => parameter(message, 'decision') === 'allow',
    },
  ]),
]

const antiForgery: Place = { file: APP, anchor: 'antiForgery({ pageBehind: pageBehindForm,' }
const loginPage: Place = { file: APP, anchor: "app.use('/login', loginPage(context))" }
const consentPage: Place = { file: APP, anchor: "app.use('/consent', consentPage(context))" }

const LOGIN_PATH = /^\/login\/?$/
const CONSENT_PATH = /^\/consent\/?$/

export const signInAndConsent: CheckList[] = [
  {
    receiver: 'auth-server',
    receives: arrivesAt(LOGIN_PATH, 'GET'),
    checks: calledFrom(
      loginPage,
      pendingRequest({ file: LOGIN, anchor: "requestAndClient(context, request, textParameter(request, 'request'))" }),
    ),
  },
  {
    receiver: 'auth-server',
    receives: arrivesAt(LOGIN_PATH, 'POST'),
    checks: [
      ...calledFrom(antiForgery, [OWN_FORM]),
      ...calledFrom(loginPage, [
        ...pendingRequest({ file: LOGIN, anchor: "requestAndClient(context, request, textField(request, 'request'))" }),
        ...PASSWORD,
      ]),
    ],
  },
  {
    receiver: 'auth-server',
    receives: arrivesAt(CONSENT_PATH, 'GET'),
    checks: calledFrom(
      consentPage,
      pendingRequest({
        file: CONSENT,
        anchor: "const about = await findPendingRequest(context, request, textParameter(request, 'request'))",
      }),
    ),
  },
  {
    receiver: 'auth-server',
    receives: arrivesAt(CONSENT_PATH, 'POST'),
    checks: [
      ...calledFrom(antiForgery, [OWN_FORM]),
      ...calledFrom(consentPage, [
        ...pendingRequest({
          file: CONSENT,
          anchor: "const about = await findPendingRequest(context, request, textField(request, 'request'))",
        }),
        ...DECISION,
      ]),
    ],
  },
]
