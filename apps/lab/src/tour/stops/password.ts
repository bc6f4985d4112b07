/** Stop 1: the password goes to Accounts alone. */
import { rfc } from '@glasshouse/shared/see-through/spec'
import type { Stop } from '../stop'

export const password: Stop = {
  id: 'password',
  question: 'Who sees your password?',
  scene:
    'On this tour you play alice. The app Tripmate wants to put trips into your calendar, so you will connect the two. Somewhere on the way you type your password.',
  bet: 'Who receives it?',
  answers: [
    {
      text: 'Tripmate. It needs the password to open the calendar, and deletes it afterwards.',
      why: 'That is how it was done before OAuth, and you had to believe each app that it really deletes the password. Here Tripmate never receives it, so there is nothing to delete.',
    },
    {
      text: 'Only Glasshouse Accounts, where the password belongs.',
      right: true,
      why: 'You type it on a page of Accounts, and your browser sends it to Accounts and to nobody else.',
    },
    {
      text: 'Both. But Tripmate receives it only in encrypted form.',
      why: 'Tripmate receives it in no form at all. Encryption would not help: if Tripmate could sign in with what it holds, so could anyone who steals it from Tripmate.',
    },
  ],
  task: [
    'Open [Tripmate](tripmate:/) and choose **Connect your calendar**. If no page asks for your password, you are signed in already: [sign out at Accounts](accounts:/account) and connect again.',
    'Before you type anything, look at the address bar. Whose page is this?',
    'Sign in as `alice` with the password `wonderland`. Stop at the next page, which asks what Tripmate may do, and come back here. (If that page does not come, alice has allowed Tripmate before. That is fine for this question.)',
  ],
  proof: [
    {
      title: 'The message that carried your password',
      finds: { from: 'browser', to: 'auth-server', method: 'POST', path: '/login', status: [303] },
      request: {
        host: 'The receiver. This is the address of Accounts. Tripmate has another one, and got no message with your password.',
        username: 'Who you say you are.',
        password:
          'Your password stood here. The Lab never records a password, so even this page cannot show it to you.',
      },
      response: {
        location:
          'Accounts believes you, and sends your browser on: to the page that asks what Tripmate may do, or, if alice has allowed that before, straight back to Tripmate.',
      },
    },
  ],
  explanation: [
    'Tripmate sent your browser to Accounts and waited. It took no part in this message. In the end it gets an answer from Accounts, never the password.',
    'A password opens everything: with it, Tripmate could do all that you can do, and even lock you out. To take it back you would have to change it, and then every other app with the old one would stop working. So an app gets a [[token]] instead. A token opens only what you allow, it expires, and you can withdraw it without touching anything else.',
    'The four parties have names in the RFC. You are the [[resource-owner]], Tripmate is the [[client]], Accounts is the [[authorization-server]], and Calendar is the [[resource-server]].',
  ],
  thieves: [
    {
      who: 'Someone who breaks into Tripmate finds what it keeps about you.',
      stopped:
        'There is no password in it. There are tokens, which open one calendar only, and which you can withdraw.',
    },
    {
      who: 'A false app shows you a sign-in page of its own, which looks like the real one.',
      stopped:
        'OAuth cannot stop you from typing your password there. You can: look at the address bar, and sign in only at the place that keeps your account.',
    },
  ],
  lesson:
    'Only the authorization server. I type my password on its own page; the app is not part of that message and never learns it. The app gets a token instead, which opens less, expires, and can be withdrawn.',
  readOn: {
    specs: [rfc(6749, '1'), rfc(6749, '3.1')],
    sources: [
      {
        path: 'apps/auth-server/src/pages/login.ts',
        at: "router.post('/'",
        label: 'Accounts receives the password',
      },
    ],
    terms: ['resource-owner', 'client', 'authorization-server', 'authentication'],
  },
}
