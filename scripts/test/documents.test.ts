/**
 * Keeps the documents true. `docs/rfc-coverage.md`, `docs/security.md` and `docs/google.md` name tests as
 * `path › "title"`: each of these tests must exist, and so must every file that a document links to.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

const ROOT = join(__dirname, '../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

const PROOFS = ['docs/rfc-coverage.md', 'docs/security.md', 'docs/google.md']
const DOCUMENTS = ['README.md', ...readdirSync(join(ROOT, 'docs'), { recursive: true }).map(name => `docs/${name}`)]
  .filter(name => name.endsWith('.md'))
  .sort()

describe.each(PROOFS)('%s', document => {
  const text = read(document)
  const tables = (text.match(/^\|.*(\n\|.*)*/gm) ?? []).map(table => table.split('\n'))
  const named = [...text.matchAll(/`([^`›]+) › "([^`]+)"`/g)].map(([, path = '', title = '']) => ({ path, title }))

  test('names only tests that exist', () => {
    expect(named.length).toBeGreaterThan(0)
    const missing = named.filter(({ path, title }) => !isFile(path) || !hasTest(read(path), title))
    expect(missing).toEqual([])
  })

  test('names no test in another notation, which would not be checked', () => {
    expect(text.match(/›/g)).toHaveLength(named.length)
  })

  test('names only files that exist', () => {
    const paths = [...text.matchAll(/`([\w@.-]+(?:\/[\w@.-]+)+\.\w+)/g)].map(([, path = '']) => path)
    expect(paths.filter(path => !isFile(path))).toEqual([])
  })

  test('has a test in every row, or says why not', () => {
    for (const [head, line, ...rows] of tables) {
      expect([head, line]).toEqual([expect.stringMatching(/ \| held by \|$/), expect.stringMatching(/^\| --- \|/)])
      const proofs = rows.map(row => row.split(' | ').at(-1) ?? '')
      expect(proofs.filter(proof => !/› "|^not held: \S|^does not apply: \S/.test(proof))).toEqual([])
    }
  })
})

test.each(DOCUMENTS)('every link in %s works', document => {
  const links = [...read(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
  const inside = links.filter(link => !/^[a-z]+:/.test(link))
  const broken = inside.filter(link => {
    const [path, heading] = link.split('#')
    const target = path ? join(dirname(document), path) : document
    return !existsSync(join(ROOT, target)) || (heading && !headingsOf(read(target)).includes(heading))
  })
  expect(broken).toEqual([])
})

test('the lines for the configuration of an assistant are valid, and name the address of the API', () => {
  const blocks = [...read('README.md').matchAll(/^```json\n(.*?)^```/gms)].map(([, json = '']) =>
    JSON.stringify(JSON.parse(json)),
  )
  expect(blocks).toHaveLength(2)
  expect(blocks.filter(block => !block.includes('"http://localhost:4002/mcp"'))).toEqual([])
})

describe('finding a test by its title', () => {
  const source = `
    test('one that is alone', () => {})
    test("not it’s own", () => {})
    test.skip('one that is left out', () => {})
    test.each([['a row', 1], ['another row', 2]])('%s is refused (%j)', () => {})
    test.each(['x'])(
      '%p is none',
      () => {},
    )
    for (const what of ['a page']) test(\`\${what} has a title\`, () => {})
    test('one of two: a', () => {})
    test('one of two: b', () => {})
    describe('a group', () => {})`

  test.each([
    'one that is alone',
    'that is alone',
    'not it’s own',
    'a row is refused (1)',
    '%s is refused (%j)',
    '"x" is none',
    'a page has a title',
    'one of two: b',
  ])('%j is found', title => expect(hasTest(source, title)).toBe(true))

  test.each([
    'one that is not there',
    'one that is left out',
    'no row is refused (1)',
    'x is refused (1)',
    'one of two',
    'a group',
    '',
  ])('%j is not found', title => expect(hasTest(source, title)).toBe(false))
})

/** Whether a test has this title, or exactly one test has a title that contains it. */
function hasTest(source: string, name: string): boolean {
  const tests = testsIn(source)
  if (tests.some(({ title, table }) => title === name || isRow(name, title, table))) return true
  return name !== '' && tests.filter(({ title }) => title.includes(name)).length === 1
}

/** `test('`, or `])('` after a table. A skipped test does not count. */
const TITLE = /(?:\b(?:test|it)|[\])])\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1\s*,/g

/**
 * Finds the tests in the source of a file.
 * @returns each title, and the source from the last table or loop to the title, which fills the title's placeholders
 */
function testsIn(source: string): { title: string; table: string }[] {
  return [...source.matchAll(TITLE)].map(({ index, 2: title = '' }) => {
    const before = source.slice(0, index)
    const table = Math.max(before.lastIndexOf('.each'), before.lastIndexOf('for ('))
    return { title: title.replace(/\\(.)/g, '$1'), table: table < 0 ? '' : source.slice(table, index + 1) }
  })
}

/** Whether this title fits the template, with text from the table in its placeholders. */
function isRow(name: string, template: string, table: string): boolean {
  const [first = '', ...rest] = template.split(/%[a-z]|\$\{[^}]*\}|\$\w+/)
  if (rest.length === 0) return false
  const pattern = [first, ...rest].map(literally).join('(.+)')
  const filled = new RegExp(`^${pattern}$`).exec(name)
  const isInTable = (text: string) =>
    [`'${text}'`, `"${text}"`, `\`${text}\``].some(literal => table.includes(literal)) ||
    new RegExp(`[[,:] ?${literally(text)}[\\],]`).test(table) ||
    (/^["'].*["']$/.test(text) && isInTable(text.slice(1, -1)))
  return filled?.slice(1).every(isInTable) ?? false
}

/** The headings as GitHub writes them in a URL. */
function headingsOf(markdown: string): string[] {
  const headings = [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading)
  return headings.map(heading =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function isFile(path: string): boolean {
  return existsSync(join(ROOT, path)) && statSync(join(ROOT, path)).isFile()
}
