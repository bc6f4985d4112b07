import { LOGO_DATA_LIMIT, readLogo } from '../../src/protocol/logo'

const PNG = '\x89PNG\r\n\x1a\n'
const JPEG = '\xff\xd8\xff'
const WEBP = 'RIFF\n\0\0\x01WEBP'

const url = (kind: string, bytes: string) => `data:${kind};base64,${Buffer.from(bytes, 'latin1').toString('base64')}`

describe('a logo in a data: URL (RFC 7591 §2, logo_uri)', () => {
  test.each([
    ['image/png', PNG],
    ['image/jpeg', JPEG],
    ['image/webp', WEBP],
  ])('is shown if it begins as %s does', (kind, signature) => {
    const logo = url(kind, `${signature} and more of it`)
    expect(readLogo(logo)).toBe(logo)
  })

  test.each([
    ['it is missing', undefined],
    ['it is on another host', 'https://app.example/logo.png'],
    ['its type can contain scripts', url('image/svg+xml', '<svg/>')],
    ['its content is of another type', url('image/png', JPEG)],
    ['a PNG follows something else', url('image/png', `x${PNG}`)],
    ['a JPEG follows something else', url('image/jpeg', `x${JPEG}`)],
    ['a WebP follows something else', url('image/webp', `x${WEBP}`)],
    ['a WebP does not state its size', url('image/webp', 'RIFF\x01WEBP')],
    ['there is text before the URL', `x${url('image/png', PNG)}`],
    ['there is text after the URL', `${url('image/png', PNG)}"onload="`],
    ['it is not base64', `data:image/png,${PNG}`],
  ])('is not shown if %s', (_name, logoUri) => {
    expect(readLogo(logoUri)).toBeUndefined()
  })

  test('may be as long as the limit, and no longer', () => {
    const longest = url('image/png', PNG).replace(/=*$/, '').padEnd(LOGO_DATA_LIMIT, 'A')
    expect(longest).toHaveLength(32_000)
    expect(readLogo(longest)).toBe(longest)
    expect(readLogo(`${longest}A`)).toBeUndefined()
  })
})
