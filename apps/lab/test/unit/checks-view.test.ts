import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { checkResults } from '../../src/checks/results'
import { message } from '../messages'

const VIEW = join(__dirname, '../../views/parts/checks.ejs')
/** The engine that `installPages` uses. */
const ejs: { render: (template: string, locals: object) => string } = createRequire(
  join(__dirname, '../../../../packages/shared/package.json'),
)('ejs')

test('the list says in words how each check went, and leads to the RFC and to the line', () => {
  const checks = checkResults(
    message({
      to: 'calendar-api',
      target: '/calendar/events',
      status: 401,
      refusal: { refused: 'bearer.exp', why: 'The access token was rejected. It has expired.' },
    }),
  )
  const html = ejs.render(readFileSync(VIEW, 'utf8'), { checks })
  const [passed, refused, notReached] = ['signature-right', 'token-not-expired', 'scope-sufficient'].map(
    name => html.slice(html.indexOf(`id="check-${name}"`)).split('</li>', 1)[0] ?? '',
  )
  expect(passed).toMatch(/visually-hidden">passed: /)
  expect(refused).toMatch(/visually-hidden">not passed: this check refused: .*It has not expired \(exp\)\./)
  expect(refused).toContain('refused here')
  expect(refused).toContain('A token that was stolen once would be of use to the thief for ever.')
  expect(refused).toContain('href="https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4"')
  const line = checks.find(({ name }) => name === 'token-not-expired')?.line
  expect(refused).toContain(`href="/source/apps/calendar-api/src/bearer-token.ts#L${line}"`)
  expect(notReached).toMatch(/visually-hidden">not reached: /)
})

test('a call of the calendar says that a revoked token is refused, how the calendar knows, and how soon', () => {
  const checks = checkResults(message({ to: 'calendar-api', target: '/calendar/events' }))
  const html = ejs.render(readFileSync(VIEW, 'utf8'), { checks })
  const revoked = html.slice(html.indexOf('id="check-token-not-withdrawn"')).split('</li>', 1)[0] ?? ''
  expect(revoked).toContain('a revoked token still has a right signature and has not expired')
  expect(revoked).toContain('How the receiver knows:')
  expect(revoked).toContain('GET /ended-tokens')
  const source = readFileSync(join(__dirname, '../../../auth-server/src/tokens/ended-tokens.ts'), 'utf8')
  const [, seconds] = /LEASE_S = (\d+)/.exec(source) ?? []
  expect(revoked).toContain(`it refuses every token after ${seconds} seconds at most`)
})
