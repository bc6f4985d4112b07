import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { templateEngine } from '../../src/templates'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'glasshouse-templates-'))
  for (const inside of ['pages', 'shared', 'shared/parts']) mkdirSync(join(folder, inside))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (name: string, text: string) => writeFileSync(join(folder, `${name}.ejs`), text)

function renderer(keep = true) {
  const engine = templateEngine([join(folder, 'pages'), join(folder, 'shared')], keep)
  return (name: string, values: object = {}): Promise<string> =>
    new Promise((resolve, reject) => {
      engine(join(folder, `${name}.ejs`), values, (error, html) => (error ? reject(error) : resolve(String(html))))
    })
}

test('a partial is found beside the template that includes it, then in the folders', async () => {
  write('pages/home', `<%- include('part') %> <%- include('parts/outer') %>`)
  write('pages/part', 'beside')
  write('shared/part', 'not this one')
  write('shared/parts/outer', `outer, <%- include('inner') %>`)
  write('shared/parts/inner', 'inner')
  expect(await renderer()('pages/home')).toBe('beside outer, inner')
})

test('a partial sees the values of the page and its own, which stay with it', async () => {
  write('pages/home', `<%- include('part', { name: 'own', more: 1 }) %> <%= name %> <%= locals.more %>`)
  write('pages/part', '<%= name %> <%= place %> <%- include("deeper") %>')
  write('pages/deeper', '<%= name %>')
  expect(await renderer()('pages/home', { name: 'page', place: '<here>' })).toBe('own &lt;here&gt; own page ')
})

test('a value that nobody gave is not found on a prototype', async () => {
  write('pages/home', `<%= locals.toString %><%= locals.hasOwnProperty %>.`)
  expect(await renderer()('pages/home')).toBe('.')
})

test('an error names the template, its line, or the partial that does not exist', async () => {
  write('pages/home', `first line\n<%= nothing.at.all %>`)
  await expect(renderer()('pages/home')).rejects.toThrow(/home\.ejs:2/)
  write('pages/other', `<%- include('parts/lost') %>`)
  await expect(renderer()('pages/other')).rejects.toThrow(/no template named parts\/lost/)
})

test('a changed template is used at the next page only if templates are not kept', async () => {
  write('pages/home', 'before')
  const [kept, fresh] = [renderer(true), renderer(false)]
  await Promise.all([kept('pages/home'), fresh('pages/home')])
  write('pages/home', 'after')
  expect(await Promise.all([kept('pages/home'), fresh('pages/home')])).toEqual(['before', 'after'])
})
