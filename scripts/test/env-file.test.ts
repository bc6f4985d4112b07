/** The scripts and the services read the settings file in the same way, whatever editor wrote it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadEnvFile, readEnvFile } from '../../packages/shared/src/env-file'
import { addMissingSecrets, withEnvFile } from '../lib/env-file.mjs'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'glasshouse-env-'))
  file = join(folder, '.env')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const READERS: [string, (file: string) => Record<string, string | undefined>][] = [
  ['npm start', path => withEnvFile({ ENV_FILE: path })],
  ['a service', readEnvFile],
]

describe.each(READERS)('%s', (_name, read) => {
  test.each([
    ['a byte order mark', '\uFEFFHOST=::1\nLOG_LEVEL=warn\n'],
    ['Windows line endings', 'HOST=::1\r\nLOG_LEVEL=warn\r\n'],
    ['both', '\uFEFFHOST=::1\r\nLOG_LEVEL=warn'],
    ['a comment in another script', '# 設定\nHOST=::1\nLOG_LEVEL=warn\n'],
  ])('reads a file with %s', (_what, text) => {
    writeFileSync(file, text)
    expect(read(file)).toMatchObject({ HOST: '::1', LOG_LEVEL: 'warn' })
  })

  test.each([
    ['UTF-16 with a byte order mark', Buffer.from('\uFEFFHOST=::1\n', 'utf16le')],
    ['UTF-16 without one', Buffer.from('HOST=::1\n', 'utf16le')],
    ['Latin-1', Buffer.from('# für mich\nHOST=::1\n', 'latin1')],
  ])('says that a file in %s must be saved as UTF-8', (_what, bytes) => {
    writeFileSync(file, bytes)
    expect(() => read(file)).toThrow(`${file} is not UTF-8 text; it may be UTF-16. Save it as UTF-8`)
  })

  test('says that a folder is not a file', () => {
    mkdirSync(file)
    expect(() => read(file)).toThrow(`${file} is not a regular file. Move it away, or set ENV_FILE to another file.`)
  })

  test('names a file that it cannot read, and why', () => {
    symlinkSync(file, file)
    expect(() => read(file)).toThrow(`${file} cannot be read (ELOOP). Give the current user permission to read it`)
  })

  test('treats a missing file as empty', () => {
    expect(Object.keys(read(file)).filter(name => name !== 'ENV_FILE')).toEqual([])
  })
})

describe('a service’s environment', () => {
  const before = { ...process.env }
  afterEach(() => {
    process.env = { ...before }
  })

  test('overrides the file', () => {
    writeFileSync(file, 'HOST=::1\nLOG_LEVEL=warn\n')
    process.env = { ENV_FILE: file, HOST: '127.0.0.1' }
    loadEnvFile()
    expect(process.env).toMatchObject({ HOST: '127.0.0.1', LOG_LEVEL: 'warn' })
  })
})

describe('fresh secrets', () => {
  test('are added to a file with a byte order mark and Windows line endings, which stay', () => {
    const text = '\uFEFFSESSION_SECRET=keep me\r\n'
    writeFileSync(file, text)
    expect(addMissingSecrets({ ENV_FILE: file })?.added).not.toContain('SESSION_SECRET')
    expect(readFileSync(file, 'utf8').startsWith(text)).toBe(true)
    expect(withEnvFile({ ENV_FILE: file })).toMatchObject({ SESSION_SECRET: 'keep me' })
  })

  test('that cannot be written lead to one line that names the file and the alternatives', () => {
    const nowhere = join(folder, 'missing', '.env')
    expect(() => addMissingSecrets({ ENV_FILE: nowhere })).toThrow(
      /missing\/\.env cannot be written \(ENOENT\).*Set ENV_FILE to a file .*, or set SESSION_SECRET, .* in the environment\.$/,
    )
  })
})
