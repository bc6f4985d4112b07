/** Renders a markdown file of this repository. Raw HTML in it is shown as text, and its links stay inside `/source`. */
import { posix } from 'node:path'
import MarkdownIt from 'markdown-it'
import { escapeHtml, highlightBlock } from './highlight'
import { linkRfcs } from './rfc-links'

type Token = MarkdownIt.Token

/** @param path of the file, which relative links start from */
export function renderMarkdown(path: string, text: string): string {
  const markdown = new MarkdownIt({
    html: false,
    linkify: false,
    highlight: (code, language) => highlightBlock(language, code),
  })
  markdown.renderer.rules.text = (tokens, index) => {
    const inLink = tokens
      .slice(0, index)
      .reduce((depth, { nesting, type }) => depth + (/^link_/.test(type) ? nesting : 0), 0)
    const html = escapeHtml(tokens[index]?.content ?? '')
    return inLink > 0 ? html : linkRfcs(html)
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
