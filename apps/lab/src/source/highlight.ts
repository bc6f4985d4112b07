/** Colours source code, line by line. The colours are classes; source.css says what they look like. */
import highlighter from 'highlight.js/lib/core'
import bash from 'highlight.js/lib/languages/bash'
import css from 'highlight.js/lib/languages/css'
import dockerfile from 'highlight.js/lib/languages/dockerfile'
import ini from 'highlight.js/lib/languages/ini'
import javascript from 'highlight.js/lib/languages/javascript'
import json from 'highlight.js/lib/languages/json'
import markdown from 'highlight.js/lib/languages/markdown'
import typescript from 'highlight.js/lib/languages/typescript'
import xml from 'highlight.js/lib/languages/xml'
import yaml from 'highlight.js/lib/languages/yaml'
import { linkRfcs } from './rfc-links'

const LANGUAGES = { bash, css, dockerfile, ini, javascript, json, markdown, typescript, xml, yaml }
for (const [name, language] of Object.entries(LANGUAGES)) highlighter.registerLanguage(name, language)

const BY_ENDING: Record<string, keyof typeof LANGUAGES> = {
  css: 'css',
  ejs: 'xml',
  env: 'ini',
  html: 'xml',
  js: 'javascript',
  json: 'json',
  md: 'markdown',
  mjs: 'javascript',
  mts: 'typescript',
  service: 'ini',
  sh: 'bash',
  svg: 'xml',
  ts: 'typescript',
  yaml: 'yaml',
  yml: 'yaml',
}

/** In characters. Beyond, colours would take too long to be worth it. */
const LONGEST_COLOURED = 200_000

/** @returns the lines as HTML, each complete in itself */
export function highlightLines(path: string, text: string): string[] {
  const lines = splitLines(highlight(languageOf(path), text))
  if (lines.at(-1) === '') lines.pop() // after the last line break
  return lines.map(linkRfcs)
}

/** A piece of code in a document. @param name as it stands behind the ``` */
export function highlightBlock(name: string, text: string): string {
  const language = name === 'sh' ? 'bash' : Object.hasOwn(BY_ENDING, name) ? (BY_ENDING[name] ?? name) : name
  return highlight(language, text)
}

function languageOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (/^Dockerfile/.test(name) && !name.endsWith('ignore')) return 'dockerfile'
  const ending = name.slice(name.lastIndexOf('.') + 1)
  return Object.hasOwn(BY_ENDING, ending) ? (BY_ENDING[ending] ?? '') : ''
}

function highlight(language: string, text: string): string {
  const unix = text.replaceAll('\r\n', '\n')
  if (!Object.hasOwn(LANGUAGES, language) || unix.length > LONGEST_COLOURED) return escapeHtml(unix)
  return highlighter.highlight(unix, { language, ignoreIllegals: true }).value
}

/** A span that goes on for several lines, as a comment does, is closed at the end of each and opened again. */
function splitLines(html: string): string[] {
  let open: string[] = []
  return html.split('\n').map(line => {
    const before = open.join('')
    open = [...open]
    for (const [tag] of line.matchAll(/<span[^>]*>|<\/span>/g)) {
      if (tag === '</span>') open.pop()
      else open.push(tag)
    }
    return before + line + '</span>'.repeat(open.length)
  })
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}
