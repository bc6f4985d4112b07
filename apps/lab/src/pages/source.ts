/** `/source/<path>`: this repository's own source, each line with an address, and from each check back to messages that reached it. */
import { workspaceRoot } from '@glasshouse/shared/environment'
import { PageError } from '@glasshouse/shared/page-error'
import { type Request, type Response, Router } from 'express'
import { checksIn } from '../checks/by-line'
import type { Context } from '../context'
import { highlightLines } from '../source/highlight'
import { renderMarkdown, titleOf } from '../source/markdown'
import { type FileContent, SourceFiles } from '../source/source-files'
import { browserOf } from '../visibility'

/** @param root the repository's */
export function sourcePages(context: Context, root = workspaceRoot()): Router {
  const router = Router()
  let opened: Promise<SourceFiles> | undefined
  const files = () => {
    opened ??= SourceFiles.open(root, [context.config.dataDir])
    return opened
  }

  router.get('/{*path}', async (request: Request<{ path?: string[] }>, response: Response) => {
    const path = (request.params.path ?? []).filter(part => part !== '').join('/')
    const source = await files()
    const isFile = (one: string) => source.isFile(one)
    const entries = source.folder(path)
    if (entries) {
      const readme = entries.find(({ name }) => name === 'README.md')
      const about = readme && (await source.read(readme.path))
      const html = readme && about?.kind === 'text' ? renderMarkdown(readme.path, about.text, isFile) : undefined
      return response.render('source-folder', { path, crumbs: crumbsOf(path), entries, readme, html })
    }
    const content = await source.read(path)
    if (!content) throw notHere()
    const siblings = source.folder(path.split('/').slice(0, -1).join('/')) ?? []
    const locals = { path, crumbs: crumbsOf(path), siblings }
    if (isDocument(path, content) && request.query.plain === undefined) {
      return response.render('source-document', {
        ...locals,
        title: titleOf(content.text) ?? path,
        html: renderMarkdown(path, content.text, isFile),
      })
    }
    const notes = await checksIn(context, path, browserOf(request))
    response.render('source-file', {
      ...locals,
      content,
      isDocument: isDocument(path, content),
      lines: content.kind === 'text' ? highlightLines(path, content.text) : [],
      notes: new Map(notes.map(note => [note.line, note])),
    })
  })
  return router
}

function isDocument(path: string, content: FileContent): content is FileContent & { kind: 'text' } {
  return path.endsWith('.md') && content.kind === 'text'
}

/** The folders on the way to a path, and the path itself. */
function crumbsOf(path: string): { name: string; path: string }[] {
  const names = path.split('/').filter(name => name !== '')
  return names.map((name, index) => ({ name, path: names.slice(0, index + 1).join('/') }))
}

function notHere(): PageError {
  return new PageError(
    404,
    'This file is not here',
    'The Lab shows the source of Glasshouse, and nothing else on this machine. The file may have been renamed or deleted.',
    [{ href: '/source', label: 'See all files' }],
    { check: 'no such file in the source' },
  )
}
