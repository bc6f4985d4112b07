import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { readCast, requireFreePorts } from '../lib/cast.mjs'
import { refusalOf } from '../lib/check-node.mjs'
import { addMissingSecrets, withEnvFile } from '../lib/env-file.mjs'
import { requireResettable, reset } from '../lib/reset.mjs'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'glasshouse-scripts-'))
  file = join(folder, '.env')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const SECRETS = [
  'SESSION_SECRET',
  'TRIPMATE_SESSION_SECRET',
  'TRIPMATE_CLIENT_SECRET',
  'TRIPMATE_ENCRYPTION_KEY',
  'CALENDAR_API_SECRET',
]

test.each([
  ['20.18.3', false],
  ['18.20.8', false],
  ['8.0.0', false],
  ['20.19.0', true],
  ['22.0.0', true],
  ['26.1.0', true],
])('Node %s is new enough: %s', (version, enough) => {
  expect(refusalOf(version) === undefined).toBe(enough)
})

test('the first start writes five different secrets of 256 bits, readable only by the owner', () => {
  expect(addMissingSecrets({ ENV_FILE: file })).toEqual({ file, created: true, added: SECRETS })
  const written = parseEnv(readFileSync(file, 'utf8'))
  expect(Object.keys(written).sort()).toEqual([...SECRETS].sort())
  const values = Object.values(written) as string[]
  expect(new Set(values).size).toBe(SECRETS.length)
  for (const value of values) expect(Buffer.from(value, 'base64url')).toHaveLength(32)
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('a second start changes nothing', () => {
  addMissingSecrets({ ENV_FILE: file })
  const before = readFileSync(file, 'utf8')
  expect(addMissingSecrets({ ENV_FILE: file })).toBeUndefined()
  expect(readFileSync(file, 'utf8')).toBe(before)
})

test('a missing secret is added at the end of the file, and the rest stays unchanged', () => {
  const before = '# mine\nSESSION_SECRET=keep me\nLOG_LEVEL=debug\nCALENDAR_API_SECRET='
  writeFileSync(file, before)
  const added = SECRETS.filter(name => name !== 'SESSION_SECRET')
  expect(addMissingSecrets({ ENV_FILE: file })).toEqual({ file, created: false, added })
  expect(readFileSync(file, 'utf8').startsWith(`${before}\n`)).toBe(true)
  expect(withEnvFile({ ENV_FILE: file })).toMatchObject({ SESSION_SECRET: 'keep me', LOG_LEVEL: 'debug' })
  expect(withEnvFile({ ENV_FILE: file }).CALENDAR_API_SECRET).toHaveLength(43)
})

test('secrets from the environment are not written to the file', () => {
  const env = { ENV_FILE: file, ...Object.fromEntries(SECRETS.map(name => [name, 'from outside'])) }
  expect(addMissingSecrets(env)).toBeUndefined()
})

test('an empty ENV_FILE means that no file is read or written', () => {
  expect(addMissingSecrets({ ENV_FILE: '' })).toBeUndefined()
  expect(withEnvFile({ ENV_FILE: '' })).toEqual({ ENV_FILE: '' })
})

test('the environment overrides the file', () => {
  writeFileSync(file, 'LOG_LEVEL=debug\nHOST=0.0.0.0\n')
  expect(withEnvFile({ ENV_FILE: file, LOG_LEVEL: 'error' })).toMatchObject({ LOG_LEVEL: 'error', HOST: '0.0.0.0' })
})

test('each service listens on the port of its own URL', () => {
  const env = { CLIENT_APP_URL: 'http://localhost:5000/', AUTH_SERVER_URL: 'https://accounts.example' }
  expect(readCast(env).map(({ url, port }) => [url, port])).toEqual([
    ['http://localhost:5000', 5000],
    ['https://accounts.example', 443],
    ['http://localhost:4002', 4002],
    ['http://localhost:4003', 4003],
  ])
})

test.each([
  [{ CLIENT_APP_URL: 'localhost:4000' }, /^CLIENT_APP_URL=localhost:4000 is not an origin/],
  [{ AUTH_SERVER_URL: 'http://localhost:4001/path' }, /^AUTH_SERVER_URL=.* is not an origin/],
  [{ CLIENT_APP_URL: 'http://localhost:4002' }, /^CLIENT_APP_URL and CALENDAR_API_URL name the same port, 4002/],
])('invalid addresses are refused, naming the variable: %j', (env, message) => {
  expect(() => readCast(env)).toThrow(message)
})

test('a port in use is named, with what to do about it', async () => {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const cast = readCast({ AUTH_SERVER_URL: `http://localhost:${port}` }).filter(({ name }) => name === 'Accounts')
  const message = new RegExp(`^Port ${port} is in use\\. .*AUTH_SERVER_URL=http://localhost:${port + 100} npm start$`)
  await expect(requireFreePorts(cast, ['127.0.0.1'])).rejects.toThrow(message)
  await new Promise(resolve => server.close(resolve))
  await expect(requireFreePorts(cast, ['127.0.0.1'])).resolves.toBeUndefined()
})

test('--reset deletes the services’ own files and nothing else', () => {
  const ours = [
    'auth-server.sqlite',
    'auth-server.sqlite-wal',
    'calendar-api.sqlite',
    'client-app.sqlite-shm',
    'lab.sqlite',
  ]
  const theirs = ['holiday.sqlite', 'auth-server.sqlite.backup', 'notes.txt']
  for (const name of [...ours, ...theirs]) writeFileSync(join(folder, name), 'x')
  expect(reset({ DATA_DIR: folder })).toBe(ours.length)
  for (const name of theirs) expect(readFileSync(join(folder, name), 'utf8')).toBe('x')
})

test('--reset does not touch PostgreSQL, and says how to reset it by hand', () => {
  expect(() => requireResettable({ DATABASE_URL: 'postgres://x' })).toThrow(/DROP SCHEMA auth_server/)
  expect(() => requireResettable({ DATABASE_URL: '' })).not.toThrow()
})
