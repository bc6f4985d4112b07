/** Keeps docs/operations.md and the files in deploy/ correct. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { readConfig as readAccounts } from '../../apps/auth-server/src/config'
import { readConfig as readCalendar } from '../../apps/calendar-api/src/config'
import { readConfig as readTripmate } from '../../apps/client-app/src/config'

const ROOT = join(__dirname, '../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

const SECRET = Buffer.alloc(32, 'k3J9').toString('base64url')
const settings = parseEnv(read('deploy/glasshouse.env')) as Record<string, string>
const page = read('docs/operations.md')

describe('deploy/glasshouse.env', () => {
  test.each([
    ['the authorization server', readAccounts],
    ['the calendar API', readCalendar],
    ['Tripmate', readTripmate],
  ])('has everything that %s needs in production, once its empty values are filled in', (_, readConfig) => {
    const filled = Object.entries(settings).map(([name, value]) => [name, value || SECRET])
    const config = readConfig({ ...Object.fromEntries(filled), DATABASE_URL: 'postgres://u:p@localhost/glasshouse' })
    expect(config).toMatchObject({ demo: false, trustProxy: 1, databaseUrl: expect.any(String) })
  })

  test('names only variables that the README explains', () => {
    const readme = read('README.md')
    expect(Object.keys(settings).filter(name => !readme.includes(`\`${name}\``))).toEqual([])
  })

  test('contains no secret', () => {
    const secrets = Object.keys(settings).filter(name => /SECRET|KEY|TOKEN|DATABASE/.test(name))
    expect(secrets.map(name => settings[name]).filter(Boolean)).toEqual([])
  })
})

test('the page’s table on rotation lists every secret in the settings', () => {
  const secrets = Object.keys(settings).filter(name => /SECRET|KEY|TOKEN|DATABASE/.test(name))
  const rows = page.split('\n').filter(line => line.startsWith('| '))
  expect(secrets.filter(name => !rows.some(row => row.includes(`\`${name}\``)))).toEqual([])
})

test.each(readdirSync(join(ROOT, 'deploy/systemd')))(
  'the unit %s runs a service that exists, on its own port',
  unit => {
    const text = read(`deploy/systemd/${unit}`)
    const [, folder = ''] = /^ExecStart=\/usr\/bin\/node apps\/([\w-]+)\/dist\/main\.js$/m.exec(text) ?? []
    expect(unit).toBe(`glasshouse-${folder}@.service`)
    expect(readdirSync(join(ROOT, 'apps'))).toContain(folder)
    expect(text).toContain('LISTEN_PORT=%i')
  },
)

test('the page starts exactly the copies that the proxy knows', () => {
  const started = [...page.matchAll(/glasshouse-[\w-]+@(\d+)/g)].map(([, port]) => port)
  const known = [...read('deploy/Caddyfile').matchAll(/localhost:(\d+)/g)].map(([, port]) => port)
  expect(started.sort()).toEqual(known.sort())
})

test('compose.yaml runs every service', () => {
  const run = [...read('deploy/compose.yaml').matchAll(/node apps\/([\w-]+)\/dist\/main\.js/g)].map(([, name]) => name)
  expect(run.sort()).toEqual(['auth-server', 'calendar-api', 'client-app'])
})
