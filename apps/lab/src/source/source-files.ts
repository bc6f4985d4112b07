/**
 * The files of this repository that the Lab shows: those that git tracks, or, for a copy without git, those that are there
 * but for everything that is built, installed, stored or secret. A path that is not on the list leads nowhere.
 */
import { execFile } from 'node:child_process'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'

/** In bytes. Longer files are not shown. */
const LONGEST = 512 * 1024

/** Never shown, whether git tracks it or not. */
const NEVER = /^(?:node_modules|dist|coverage|test-results|playwright-report|\.env.*|.*\.tsbuildinfo)$/
/** Names that begin with a dot are shown only if they are one of these. */
const SHOWN_WITH_DOT = ['.ci', '.dockerignore', '.gitattributes', '.gitignore']

export interface Entry {
  name: string
  path: string
  isFolder: boolean
}

export type FileContent = { kind: 'text'; text: string } | { kind: 'binary' | 'too large'; bytes: number }

export class SourceFiles {
  private readonly folders = new Map<string, Entry[]>()

  private constructor(
    private readonly root: string,
    private readonly files: ReadonlySet<string>,
  ) {
    this.folders.set('', [])
    for (const file of files) this.place(file)
    for (const entries of this.folders.values()) {
      entries.sort((a, b) => Number(b.isFolder) - Number(a.isFolder) || a.name.localeCompare(b.name))
    }
  }

  /** @param hidden further files and folders that are never shown, as absolute paths: data, settings */
  static async open(root: string, hidden: string[] = []): Promise<SourceFiles> {
    const secret = hidden.map(path => relative(root, path).replaceAll('\\', '/')).filter(path => path !== '')
    const paths = (await tracked(root)) ?? (await walk(root, ''))
    const shown = paths.filter(
      path => path.split('/').every(isShown) && !secret.some(one => path === one || path.startsWith(`${one}/`)),
    )
    return new SourceFiles(root, new Set(shown))
  }

  isFile(path: string): boolean {
    return this.files.has(path)
  }

  /** @returns what is in a folder, folders first; undefined if there is no such folder */
  folder(path: string): Entry[] | undefined {
    return this.folders.get(path)
  }

  /** @returns undefined if the file is not on the list, or has been deleted since */
  async read(path: string): Promise<FileContent | undefined> {
    if (!this.files.has(path)) return undefined
    try {
      const file = await lstat(join(this.root, path))
      if (!file.isFile()) return undefined // a link could lead anywhere
      if (file.size > LONGEST) return { kind: 'too large', bytes: file.size }
      const content = await readFile(join(this.root, path))
      return content.includes(0)
        ? { kind: 'binary', bytes: file.size }
        : { kind: 'text', text: content.toString('utf8') }
    } catch {
      return undefined
    }
  }

  private place(path: string): void {
    let entry: Entry = { name: nameOf(path), path, isFolder: false }
    for (;;) {
      const parent = entry.path.slice(0, -entry.name.length).replace(/\/$/, '')
      const entries = this.folders.get(parent)
      if (entries) return void entries.push(entry)
      this.folders.set(parent, [entry])
      entry = { name: nameOf(parent), path: parent, isFolder: true }
    }
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function isShown(name: string): boolean {
  return !NEVER.test(name) && (!name.startsWith('.') || SHOWN_WITH_DOT.includes(name))
}

/** @returns undefined without git, or in a folder that git knows nothing of */
async function tracked(root: string): Promise<string[] | undefined> {
  try {
    const { stdout } = await promisify(execFile)('git', ['ls-files', '-z'], { cwd: root, maxBuffer: 32 * 1024 * 1024 })
    const paths = stdout.split('\0').filter(path => path !== '')
    return paths.length > 0 ? paths : undefined
  } catch {
    return undefined
  }
}

/** Without links, which could lead anywhere. */
async function walk(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true })
  const found = await Promise.all(
    entries
      .filter(({ name }) => isShown(name))
      .map(async entry => {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`
        if (entry.isDirectory()) return walk(root, path)
        return entry.isFile() ? [path] : []
      }),
  )
  return found.flat()
}
