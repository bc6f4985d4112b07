import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { highlightLines } from '../../src/source/highlight'
import { renderMarkdown } from '../../src/source/markdown'
import { linkRfcs } from '../../src/source/rfc-links'

const AT = 'https://www.rfc-editor.org/rfc/'
/** Each link as `text → where it leads`. */
function linksIn(html: string): string[] {
  return [...html.matchAll(/<a class="rfc" href="([^"]*)">([^<]*)<\/a>/g)].map(
    ([, href = '', text]) => `${text} → ${href.replace(AT, '')}`,
  )
}

test.each([
  ['RFC 6749 §4.1.3: code is REQUIRED.', ['RFC 6749 §4.1.3 → rfc6749#section-4.1.3']],
  ['(RFC 6749 §4.1.1)', ['RFC 6749 §4.1.1 → rfc6749#section-4.1.1']],
  ['RFC 6749 §5.1, §5.2', ['RFC 6749 §5.1 → rfc6749#section-5.1', '§5.2 → rfc6749#section-5.2']],
  ['RFC 7592 §2.1 to §2.3:', ['RFC 7592 §2.1 → rfc7592#section-2.1', '§2.3 → rfc7592#section-2.3']],
  ['RFC 6749 Appendix A.11', ['RFC 6749 Appendix A.11 → rfc6749#appendix-A.11']],
  ['(RFC 6749 section 2.3.1)', ['RFC 6749 section 2.3.1 → rfc6749#section-2.3.1']],
  [
    'RFC 8252 §7 and §8.4, RFC 9700 §4.1.3',
    ['RFC 8252 §7 → rfc8252#section-7', '§8.4 → rfc8252#section-8.4', 'RFC 9700 §4.1.3 → rfc9700#section-4.1.3'],
  ],
  ['RFC 7009, and what follows', ['RFC 7009 → rfc7009']],
  ['§4.1.2 alone, of which nobody knows the RFC', []],
  ['an XRFC 6749 §1', []],
])('in “%s” the sections are links', (text, links) => {
  const html = linkRfcs(text)
  expect(linksIn(html)).toEqual(links)
  expect(html.replace(/<[^>]*>/g, '')).toBe(text)
})

test('every line is complete in itself, also where a comment goes on', () => {
  const lines = highlightLines('a.ts', '/**\n * RFC 6749 §1\n * <b>\n */\nconst a = `x\ny`\n')
  expect(lines).toHaveLength(6)
  for (const line of lines) {
    expect(line.match(/<span/g)?.length ?? 0).toBe(line.match(/<\/span>/g)?.length ?? 0)
    expect(line).not.toContain('<b>')
  }
  expect(linksIn(lines[1] ?? '')).toHaveLength(1)
})

test.each(['a.txt', 'LICENSE', 'a.unknown', 'toString'])(
  '%s, whose language is unknown, is shown without colours',
  path => {
    expect(highlightLines(path, '<script>alert(1)</script> & "x"\r\n')).toEqual([
      '&#60;script&#62;alert(1)&#60;/script&#62; &#38; &#34;x&#34;',
    ])
  },
)

describe('a document', () => {
  test('shows HTML as text, and makes no link of a script', () => {
    const html = renderMarkdown(
      'a.md',
      '<script>alert(1)</script>\n\n<b onclick=x>b</b>\n\n[a](javascript:alert(1)) ![p](data:text/html,x)',
    )
    expect(html).not.toMatch(/<script|<b |href="javascript|src="data:text/i)
    expect(html).toContain('&#60;script&#62;')
  })

  test.each([
    ['docs/a.md', 'b.md', '/source/docs/b.md'],
    ['docs/a.md', '../apps/x.ts#L3', '/source/apps/x.ts#L3'],
    ['README.md', 'docs/decisions/', '/source/docs/decisions/'],
    ['README.md', '#a-heading', '#a-heading'],
    ['README.md', '../../../etc/passwd', '/source/'],
    ['README.md', 'https://example.org/a', 'https://example.org/a'],
  ])('in %s the link %s leads to %s', (path, link, target) => {
    expect(renderMarkdown(path, `[x](${link})`)).toContain(`<a href="${target}">x</a>`)
  })

  test('leads from a file that is named as code to the file, and breaks lines in a table', () => {
    const text = '| a |\n| --- |\n| `a/b.test.ts › "works"`<br>`c/d.ts` |\n\n[`a/b.test.ts`](x.md)'
    const html = renderMarkdown('docs/a.md', text, path => path === 'a/b.test.ts')
    expect(html).toContain(
      '<a href="/source/a/b.test.ts"><code>a/b.test.ts › &#34;works&#34;</code></a><br><code>c/d.ts</code>',
    )
    expect(html).toContain('<a href="/source/docs/x.md"><code>a/b.test.ts</code></a>')
  })

  test('names its headings as GitHub does, and links the RFCs in its text but not inside a link', () => {
    const html = renderMarkdown('a.md', '## 1. Step — RFC 6749 §4\n\n## Twice\n\n## Twice\n\n[RFC 7636 §4.6](x.md)')
    expect(html).toContain('<h2 id="1-step--rfc-6749-4">')
    expect(html).toContain('<h2 id="twice-1">')
    expect(linksIn(html)).toEqual(['RFC 6749 §4 → rfc6749#section-4'])
  })
})

test('a diagram of Mermaid is a list of who says what to whom, and one of another kind its source', () => {
  const html = renderMarkdown(
    'README.md',
    '```mermaid\nsequenceDiagram\n  actor alice as alice (resource owner)\n  alice->>tripmate: <Connect>\n```\n',
  )
  expect(html).toContain('<figcaption>Who says what to whom.')
  expect(html).toContain(
    '<li><strong>alice (resource owner)</strong> to <strong>tripmate</strong>: &#60;Connect&#62;</li>',
  )
  const other = renderMarkdown('README.md', '```mermaid\ngraph TD\n  A-->B\n```\n')
  expect(other).toContain('<figcaption>A diagram in the language of Mermaid')
  expect(other).toContain('A--&#62;B')
})

test('the diagram of the README is understood', () => {
  const readme = readFileSync(join(__dirname, '../../../../README.md'), 'utf8')
  expect(renderMarkdown('README.md', readme)).toMatch(
    /<figcaption>Who says what to whom[\s\S]*?(?:<li>[\s\S]*?){8}<\/ul>/,
  )
})
