import { LOGO_DATA_LIMIT, readLogo } from '../../src/protocol/logo'

const PNG = '\x89PNG\r\n\x1a\n'
const JPEG = '\xff\xd8\xff'
const WEBP = 'RIFF\n\0\0\x01WEBP'

const url = (kind: string, bytes: string) => `data:${kind};base64,${Buffer.from(bytes, 'latin1').toString('base64')}`

describe('a logo that comes along (RFC 7591 §2, logo_uri)', () => {
  test.each([
    ['image/png', PNG],
    ['image/jpeg', JPEG],
    ['image/webp', WEBP],
  ])('is shown if it begins as %s does', (kind, signature) => {
    const logo = url(kind, `${signature} and more of it`)
    expect(readLogo(logo)).toBe(logo)
  })

  test.each([
    ['there is none', undefined],
    ['it is elsewhere', 'https://app.example/logo.png'],
    ['it is of a kind that can hold a script', url('image/svg+xml', '<svg/>')],
    ['its kind is another', url('image/png', JPEG)],
    ['something is before a PNG', url('image/png', `x${PNG}`)],
    ['something is before a JPEG', url('image/jpeg', `x${JPEG}`)],
    ['something is before a WebP', url('image/webp', `x${WEBP}`)],
    ['a WebP does not say its size', url('image/webp', 'RIFF\x01WEBP')],
    ['something is before the URL', `x${url('image/png', PNG)}`],
    ['something is behind the URL', `${url('image/png', PNG)}"onload="`],
    ['it is not base64', `data:image/png,${PNG}`],
  ])('is not shown if %s', (_name, logoUri) => {
    expect(readLogo(logoUri)).toBeUndefined()
  })

  test('may be as long as the limit says, and no longer', () => {
    const longest = url('image/png', PNG).replace(/=*$/, '').padEnd(LOGO_DATA_LIMIT, 'A')
    expect(longest).toHaveLength(32_000)
    expect(readLogo(longest)).toBe(longest)
    expect(readLogo(`${longest}A`)).toBeUndefined()
  })
})
