import { readLogLevel, readSurroundings } from '../../src/environment'

describe('HOST', () => {
  test.each([
    [undefined, ['127.0.0.1', '::1']],
    ['', ['127.0.0.1', '::1']],
    ['0.0.0.0', ['0.0.0.0']],
    ['::1', ['::1']],
    ['[::1]', ['::1']],
    ['[::]', ['::']],
    ['fe80::1%eth0', ['fe80::1%eth0']],
    ['localhost', ['localhost']],
    ['accounts.internal', ['accounts.internal']],
  ])('%p listens on %p', (HOST, hosts) => {
    expect(readSurroundings({ HOST }).hosts).toEqual(hosts)
  })

  test.each([
    'localhost:4001',
    '127.0.0.1:4001',
    '[::1]:4001',
    'http://localhost',
    '[localhost]',
    '[::1',
    '::1]',
    '10.0.0.0/8',
    ' ',
    'a b',
    '*',
  ])('%p is refused, naming the variable', HOST => {
    expect(() => readSurroundings({ HOST })).toThrow(
      `HOST=${HOST} is not an address to listen on, such as 127.0.0.1, ::1 or 0.0.0.0. Set the port in the service's URL.`,
    )
  })
})

test('an unknown LOG_LEVEL is refused', () => {
  expect(readLogLevel({})).toBe('info')
  expect(readLogLevel({ LOG_LEVEL: 'silent' })).toBe('silent')
  expect(() => readLogLevel({ LOG_LEVEL: 'loud' })).toThrow('LOG_LEVEL=loud is not one of silent, error, warn, info')
})
