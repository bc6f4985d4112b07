/** Where things are in the repository. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..')

/** Logs and markers of these scripts. Inside node_modules, so they are deleted with it and never in git. */
export const CACHE = join(ROOT, 'node_modules/.cache/glasshouse')

/** @returns {string[]} the folders that hold a package.json, relative to ROOT; '' is the root itself */
export function packageFolders() {
  const inside = folder => readdirSync(join(ROOT, folder), { withFileTypes: true })
  const children = ['apps', 'packages'].flatMap(parent =>
    inside(parent)
      .filter(entry => entry.isDirectory())
      .map(entry => `${parent}/${entry.name}`),
  )
  return ['', ...children.sort(), 'e2e']
}

/** @returns {string} the root package.json's `packageManager`, e.g. `pnpm@12.21.0` */
export function packageManager() {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).packageManager
}

/** @param {string} path absolute @returns {string} relative to ROOT if it is inside */
export function shown(path) {
  const inside = relative(ROOT, path)
  return inside && !inside.startsWith('..') ? inside : path
}
