import {
  NEVER_RECORDED,
  withoutSecretsInHeader,
  withoutSecretsInJson,
  withoutSecretsInPairs,
  withoutSecretsInUrl,
} from '@glasshouse/shared/lab/never-recorded'

const SECRET = 'hunter2-hunter2'

test.each([
  ['a password', `username=alice&password=${SECRET}`],
  ['a client secret', `client_id=a&client_secret=${SECRET}`],
  ['an encoded name', `client%5Fsecret=${SECRET}`],
  ['another spelling', `Passwd=${SECRET}`],
  ['an assertion', `client_assertion=${SECRET}`],
])('%s in a form or query is not recorded', (_, text) => {
  expect(withoutSecretsInPairs(text)).not.toContain(SECRET)
  expect(withoutSecretsInUrl(`/x?${text}`)).not.toContain(SECRET)
  expect(withoutSecretsInUrl(`/x#${text}`)).not.toContain(SECRET)
})

test('what is no password stays as it was sent', () => {
  expect(withoutSecretsInPairs('code=a%2Bb&state=c&x')).toBe('code=a%2Bb&state=c&x')
})

test.each([
  ['in an object', { client_id: 'a', client_secret: SECRET }],
  ['in a list', [{ deep: { password: SECRET } }]],
])('a secret %s of JSON is not recorded', (_, value) => {
  const text = withoutSecretsInJson(JSON.stringify(value))
  expect(text).not.toContain(SECRET)
  expect(text).toContain(NEVER_RECORDED)
})

test('a body that cannot be read as JSON is not recorded at all', () => {
  expect(withoutSecretsInJson(`{"client_secret": "${SECRET}"`)).toBeUndefined()
})

test.each([
  ['Basic', `Basic ${Buffer.from(`tripmate:${SECRET}`).toString('base64')}`, `Basic tripmate:${NEVER_RECORDED}`],
  ['a broken Basic', 'Basic !!!', `Basic :${NEVER_RECORDED}`],
  ['another scheme', `Digest ${SECRET}`, NEVER_RECORDED],
  ['no scheme', SECRET, NEVER_RECORDED],
  ['Bearer, which the Lab seals', 'Bearer abc', 'Bearer abc'],
])('Authorization: %s', (_, value, expected) => {
  expect(withoutSecretsInHeader('authorization', value)).toBe(expected)
})

test('a user name and a password before a host are not recorded', () => {
  expect(withoutSecretsInHeader('location', `https://alice:${SECRET}@x.example/`)).toBe('https://x.example/')
})

test.each([
  ['a path', (url: string) => withoutSecretsInUrl(url.replace('http://c.example', ''))],
  ['a URL', withoutSecretsInUrl],
  ['an encoded parameter', (url: string) => withoutSecretsInUrl(`/x?url=${encodeURIComponent(url)}`)],
  ['a member of JSON', (url: string) => withoutSecretsInJson(JSON.stringify({ deep: [{ url }] }))],
  ['a Referer', (url: string) => withoutSecretsInHeader('referer', url)],
])('the secret address of a feed is not recorded: %s', (_, describe) => {
  const text = describe('http://c.example/calendar/feeds/47DEQpj8HBSa.ics')
  expect(text).not.toContain('47DEQ')
  expect(text).toContain(NEVER_RECORDED)
})
