import { readSurroundings } from '../../src/environment'

const PRODUCTION = {
  NODE_ENV: 'production',
  CLIENT_APP_URL: 'https://tripmate.example',
  AUTH_SERVER_URL: 'https://accounts.example',
  CALENDAR_API_URL: 'https://calendar.example',
}

describe('an origin', () => {
  test.each([
    'accounts.example',
    'ftp://accounts.example',
    'https://accounts.example/path',
    'https://accounts.example?query',
    'https://accounts.example#fragment',
    'https://user@accounts.example',
  ])('has no path, query or user: %s is refused, naming the variable (RFC 8414 §2)', url => {
    expect(() => readSurroundings({ AUTH_SERVER_URL: url })).toThrow(`AUTH_SERVER_URL=${url} is not an origin`)
  })

  test.each(['CLIENT_APP_URL', 'AUTH_SERVER_URL', 'CALENDAR_API_URL'])(
    'is https in production: %s with http is refused (RFC 6749 §3.1, RFC 8414 §2, RFC 9728 §2)',
    name => {
      expect(() => readSurroundings({ ...PRODUCTION, [name]: 'http://example.com' })).toThrow(
        `${name}=http://example.com must begin with https:// in production`,
      )
    },
  )

  test.each(['http://localhost:4001', 'http://127.0.0.1:4001', 'http://[::1]:4001', 'https://accounts.example'])(
    'may be %s in production',
    url => {
      expect(readSurroundings({ ...PRODUCTION, AUTH_SERVER_URL: url }).addresses.authServerUrl).toBe(url)
    },
  )

  test('may be http outside production', () => {
    const { addresses } = readSurroundings({ AUTH_SERVER_URL: 'http://accounts.test' })
    expect(addresses.authServerUrl).toBe('http://accounts.test')
  })
})

describe('TRUST_PROXY (RFC 9700 §4.13)', () => {
  test.each([
    [undefined, undefined],
    ['', undefined],
    ['2', 2],
    ['10.0.0.0/8, ::1', ['10.0.0.0/8', '::1']],
    ['192.0.2.7', ['192.0.2.7']],
  ])('%p means %p', (text, meaning) => {
    expect(readSurroundings({ TRUST_PROXY: text }).trustProxy).toEqual(meaning)
  })

  test.each(['0', '-1', '100', 'true', 'proxy.example', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0.0/', '::1/129', '1,,2'])(
    '%p is refused, naming the variable',
    text => {
      expect(() => readSurroundings({ TRUST_PROXY: text })).toThrow(`TRUST_PROXY=${text} is neither`)
    },
  )
})

describe('the limits of PostgreSQL', () => {
  test('have defaults', () => {
    expect(readSurroundings({}).databaseLimits).toEqual({ poolSize: 10, poolWait: 2, statementTimeout: 3 })
  })

  test('can be set', () => {
    const env = { DATABASE_POOL_SIZE: '40', DATABASE_POOL_WAIT: '5', DATABASE_STATEMENT_TIMEOUT: '30' }
    expect(readSurroundings(env).databaseLimits).toEqual({ poolSize: 40, poolWait: 5, statementTimeout: 30 })
  })

  test.each([
    ['DATABASE_POOL_SIZE', '0', 'connections'],
    ['DATABASE_POOL_SIZE', '1001', 'connections'],
    ['DATABASE_POOL_WAIT', '0', 'seconds'],
    ['DATABASE_POOL_WAIT', '61', 'seconds'],
    ['DATABASE_POOL_WAIT', '2s', 'seconds'],
    ['DATABASE_STATEMENT_TIMEOUT', '-1', 'seconds'],
    ['DATABASE_STATEMENT_TIMEOUT', '1.5', 'seconds'],
    ['DATABASE_STATEMENT_TIMEOUT', '3601', 'seconds'],
  ])('%s=%s is refused, naming the variable and the unit', (name, value, unit) => {
    expect(() => readSurroundings({ [name]: value })).toThrow(`${name}=${value} is not a whole number of ${unit}`)
  })
})
