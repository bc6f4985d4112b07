import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createTestFolder } from '@glasshouse/shared/testing/test-folder'
import { SourceFiles } from '../../src/source/source-files'

let root: string
beforeEach(() => {
  root = createTestFolder('glasshouse-source-')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, content: string | Buffer = 'text\n'): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
}

const SECRET = [
  '.env',
  '.env.local',
  'deploy/.env',
  '.data/lab.sqlite',
  '.cache/x',
  'node_modules/a/index.js',
  'a/dist/b.js',
]

describe('without git', () => {
  test('shows what is written by hand, and nothing that is built, installed, stored or secret', async () => {
    const shown = ['README.md', 'a/src/b.ts', '.ci/run', '.gitignore']
    for (const path of [...shown, ...SECRET]) write(path)
    const files = await SourceFiles.open(root)
    expect(shown.filter(path => !files.isFile(path))).toEqual([])
    expect(SECRET.filter(path => files.isFile(path))).toEqual([])
    for (const path of SECRET) expect(await files.read(path)).toBeUndefined()
  })

  test('does not show the folder of the data, wherever it is', async () => {
    write('stored/lab.sqlite')
    write('stored-procedures.md')
    const files = await SourceFiles.open(root, [join(root, 'stored'), root])
    expect(files.isFile('stored/lab.sqlite')).toBe(false)
    expect(files.isFile('stored-procedures.md')).toBe(true)
  })

  test('follows no link', async () => {
    write('a.txt')
    symlinkSync('/etc/passwd', join(root, 'passwd.txt'))
    symlinkSync('/etc', join(root, 'etc'))
    const files = await SourceFiles.open(root)
    expect(files.folder('')?.map(({ name }) => name)).toEqual(['a.txt'])
  })
})

describe('with git', () => {
  const git = (...words: string[]) => execFileSync('git', words, { cwd: root, stdio: 'pipe' })
  beforeEach(() => {
    git('init', '-q')
  })

  test('shows what git tracks, but no secret', async () => {
    for (const path of ['a.ts', 'notes.txt', '.env']) write(path)
    git('add', 'a.ts', '.env')
    const files = await SourceFiles.open(root)
    expect(['a.ts', 'notes.txt', '.env'].filter(path => files.isFile(path))).toEqual(['a.ts'])
  })

  test('follows no link, and shows no file that was replaced by one', async () => {
    write('a.ts')
    write('b.ts')
    symlinkSync('/etc/passwd', join(root, 'passwd'))
    git('add', '.')
    const files = await SourceFiles.open(root)
    expect(await files.read('passwd')).toBeUndefined()
    rmSync(join(root, 'b.ts'))
    symlinkSync('/etc/passwd', join(root, 'b.ts'))
    expect(await files.read('b.ts')).toBeUndefined()
    expect(await files.read('a.ts')).toEqual({ kind: 'text', text: 'text\n' })
  })
})

test('a file that is not text, and one that is too large, are not read', async () => {
  write('picture.png', Buffer.from([0x89, 0x50, 0, 1]))
  write('long.txt', 'x'.repeat(600 * 1024))
  const files = await SourceFiles.open(root)
  expect(await files.read('picture.png')).toEqual({ kind: 'binary', bytes: 4 })
  expect(await files.read('long.txt')).toEqual({ kind: 'too large', bytes: 600 * 1024 })
})

test('a folder lists folders first, then files, by name', async () => {
  for (const path of ['z.ts', 'a.ts', 'b/c.ts', 'b/d/e.ts']) write(path)
  const files = await SourceFiles.open(root)
  expect(files.folder('')?.map(({ name }) => name)).toEqual(['b', 'a.ts', 'z.ts'])
  expect(files.folder('b')).toEqual([
    { name: 'd', path: 'b/d', isFolder: true },
    { name: 'c.ts', path: 'b/c.ts', isFolder: false },
  ])
  expect(files.folder('c')).toBeUndefined()
})
