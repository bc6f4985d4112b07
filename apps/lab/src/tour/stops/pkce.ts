/** Stop 6: the verifier is shown only at the end, and its hash at the start. */
import { rfc } from '@glasshouse/shared/see-through/spec'
import type { Stop } from '../stop'

export const pkce: Stop = {
  id: 'pkce',
  question: 'Why PKCE?',
  scene:
    'PKCE, spoken “pixy”, is short for Proof Key for Code Exchange. Mallory tries harder. She steals your code before Tripmate has used it. And suppose that she also knows Tripmate’s secret, or that the app has none, because it runs on a phone or in a browser, where nothing stays secret.',
  bet: 'What does she still lack?',
  answers: [
    {
      text: 'A random value that Tripmate made at the start and has shown to nobody yet.',
      right: true,
      why: 'That is the code verifier. Only a hash of it has been sent so far, and nobody can compute the verifier from the hash.',
    },
    {
      text: 'Nothing. With the code and the secret she gets a token, because Accounts can check no more than these.',
      why: 'She would, in a flow without PKCE. With PKCE the code is locked, and the key to the lock was made for this one attempt.',
    },
    {
      text: 'The code challenge, which is secret.',
      why: 'The challenge is not secret. It stands in the address bar in step 1, and Mallory may read it. It is a hash, and does not lead back to the verifier.',
    },
  ],
  task: ['[Connect your calendar](tripmate:/connect), once more if it is connected already.'],
  proof: [
    {
      title: 'Step 1: Tripmate sends the hash',
      finds: { from: 'browser', to: 'auth-server', path: '/authorize', sends: { code_challenge: true } },
      request: {
        code_challenge: 'The hash of the verifier. Everyone may see it. Accounts stores it with the code.',
        code_challenge_method: 'How the hash was made: with SHA-256.',
      },
    },
    {
      title: 'Step 4: Tripmate shows what is behind it',
      finds: {
        from: 'client-app',
        to: 'auth-server',
        path: '/token',
        sends: { grant_type: 'authorization_code', code_verifier: true },
        status: [200],
      },
      request: {
        code: 'The code, as it came through the browser.',
        code_verifier:
          'The verifier itself, for the first time, and not through the browser. Accounts hashes it and compares. It has been used, so you see all of it.',
      },
      response: {
        start: 'The hashes were equal.',
      },
    },
  ],
  recomputesChallenge: true,
  explanation: [
    'At the start Tripmate makes a new random value, the [[code-verifier]], and keeps it. It sends only the hash of it, the [[code-challenge]]. At the end it sends the verifier, and Accounts checks that the two belong together. So **only the one who began can finish**.',
    'The secret and the verifier prove different things. The [[client-secret]] proves *which app* is asking. The verifier proves that it is *the same attempt*. An app that cannot keep a secret, a [[public-client]], has PKCE only.',
    '`state` and PKCE look alike, because both are random values that are compared at the end. But `state` is checked **by Tripmate**, so that no foreign answer gets in. PKCE is checked **by Accounts**, so that nobody else can use your code.',
  ],
  thieves: [
    {
      who: 'Mallory steals the code and sends it to Accounts, with Tripmate’s secret or without.',
      stopped:
        'Without the secret she is refused as `invalid_client`. With it, she still has no verifier that fits: `invalid_grant`, and the code is used up.',
    },
    {
      who: 'Mallory plays your stolen code into her own session with Tripmate.',
      stopped:
        'Tripmate then sends the verifier of *her* attempt. It does not fit your challenge, and Accounts refuses.',
    },
  ],
  lesson:
    'So that a stolen code is useless. The client sends a hash at the start and the value behind it at the end, and the authorization server compares. Only the one who began can finish. It works for apps that cannot keep a secret, too.',
  readOn: {
    specs: [rfc(7636, '1'), rfc(7636, '4.6'), rfc(9700, '2.1.1')],
    sources: [
      {
        path: 'apps/auth-server/src/protocol/pkce.ts',
        at: 'export function verifyCodeVerifier',
        label: 'Accounts compares',
      },
      {
        path: 'apps/client-app/src/oauth/authorization-request.ts',
        at: 'export function codeChallenge',
        label: 'Tripmate makes the pair',
      },
    ],
    terms: ['pkce', 'code-verifier', 'code-challenge', 'hash', 'public-client'],
  },
}
