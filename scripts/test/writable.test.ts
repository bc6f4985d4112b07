import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isWritable, requireWritable } from '../lib/writable.mjs'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'glasshouse-writable-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a folder of this user is writable, and so is a new path inside it', () => {
  expect(isWritable(folder)).toBe(true)
  expect(isWritable(join(folder, 'node_modules'))).toBe(true)
})

test('a path that cannot be written is named, with two ways out', () => {
  writeFileSync(join(folder, 'file'), '')
  // Nobody can create a folder inside a file, not even root, whom no permission stops.
  const locked = join(folder, 'file', 'packages', 'node_modules')
  expect(() => requireWritable([folder, locked], 'The build is out of date')).toThrow(
    `The build is out of date, but this user may not write ${locked}. Run "npm start" once as the user who owns it, or copy the checkout to a folder of your own.`,
  )
})
