/** Renders a markdown file of this repository. Raw HTML in it is shown as text, and its links stay inside `/source`. */
import { posix } from 'node:path'
import MarkdownIt from 'markdown-it'
import { escapeHtml, highlightBlock } from './highlight'
import { describeDiagram } from './mermaid-text'
import { linkRfcs } from './rfc-links'

type Token = MarkdownIt.Token

/**
 * @param path of the file, which relative links start from
 * @param isFile whether the repository has such a file: one that is named as code becomes a link
 */
export function renderMarkdown(path: string, text: string, isFile: (path: string) => boolean = () => false): string {
  const markdown = new MarkdownIt({
    html: false,
    linkify: false,
    highlight: (code, language) => highlightBlock(language, code),
  })
  markdown.renderer.rules.text = (tokens, index) => {
    // Tables have no other way to break a line. All other HTML stays text.
    const html = escapeHtml(tokens[index]?.content ?? '').replace(/&#60;br&#62;/g, '<br>')
    return isInLink(tokens, index) ? html : linkRfcs(html)
  }
  markdown.renderer.rules.code_inline = (tokens, index) => {
    const content = tokens[index]?.content ?? ''
    // `path › "title"` names a test.
    const [file = ''] = content.split(' › ', 1)
    const html = `<code>${escapeHtml(content)}</code>`
    return isFile(file) && !isInLink(tokens, index) ? `<a href="/source/${file}">${html}</a>` : html
  }
  const fence = markdown.renderer.rules.fence
  markdown.renderer.rules.fence = (tokens, index, ...more) => {
    const token = tokens[index]
    const isDiagram = token?.info.trim() === 'mermaid'
    return isDiagram ? describeDiagram(token.content) : (fence?.(tokens, index, ...more) ?? '')
  }
  let tables = 0
  markdown.renderer.rules.table_open = () =>
    `<div class="table-wrap" tabindex="0" role="region" aria-label="Table ${++tables}"><table>\n`
  markdown.renderer.rules.table_close = () => '</table></div>\n'
  const tokens = markdown.parse(text, {})
  nameHeadings(tokens)
  dropEmptyHeaders(tokens)
  for (const token of tokens.flatMap(({ children }) => children ?? [])) {
    if (token.type === 'link_open') token.attrSet('href', addressOf(path, String(token.attrGet('href') ?? '')))
  }
  return markdown.renderer.render(tokens, markdown.options, {})
}

function isInLink(tokens: Token[], index: number): boolean {
  const depth = tokens.slice(0, index).reduce((sum, { nesting, type }) => sum + (/^link_/.test(type) ? nesting : 0), 0)
  return depth > 0
}

/** The first heading, without marks. */
export function titleOf(text: string): string | undefined {
  return /^# (.+)$/m.exec(text)?.[1]?.replace(/[`*_]/g, '')
}

/** Gives headings the ids that GitHub gives them, which links in the files use. */
function nameHeadings(tokens: Token[]): void {
  const used = new Map<string, number>()
  for (const [index, token] of tokens.entries()) {
    if (token.type !== 'heading_open') continue
    const name = (tokens[index + 1]?.children ?? [])
      .map(({ content }) => content)
      .join('')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
    const count = used.get(name) ?? 0
    used.set(name, count + 1)
    token.attrSet('id', count === 0 ? name : `${name}-${count}`)
  }
}

/** A table needs a row of headers in markdown, even if they say nothing. A screen reader should not announce them. */
function dropEmptyHeaders(tokens: Token[]): void {
  for (const [index, token] of tokens.entries()) {
    const [content, end] = [tokens[index + 1], tokens[index + 2]]
    if (token.type !== 'th_open' || content?.content !== '' || !end) continue
    token.tag = 'td'
    end.tag = 'td'
  }
}

function addressOf(path: string, link: string): string {
  if (/^[a-z][a-z\d+.-]*:/i.test(link) || link.startsWith('#')) return link
  const [target = '', fragment] = link.split('#', 2)
  const resolved = posix.join('/source', posix.dirname(path), target)
  // A path that leads out of the repository leads nowhere.
  const inside = resolved.startsWith('/source/') ? resolved : '/source/'
  return fragment === undefined ? inside : `${inside}#${fragment}`
}
