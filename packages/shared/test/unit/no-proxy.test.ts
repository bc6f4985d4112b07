import { goDirectTo } from '../../src/no-proxy'

test('our own origins are exempt from the proxy, in addition to what the environment exempts', () => {
  const env: Record<string, string | undefined> = { NO_PROXY: 'example.com' }
  goDirectTo(['http://localhost:4001', 'http://[::1]:4002', 'https://accounts.example'], env)
  const ours = 'localhost:4001,[::1]:4002,accounts.example'
  expect(env).toEqual({ NO_PROXY: `example.com,${ours}`, no_proxy: ours })
})
