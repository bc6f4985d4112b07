/** Reads the texts and the throws of a source file, for tests that hold a list against the source. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from '@swc/core'

const ROOT = join(__dirname, '../../..')

export interface SourceTexts {
  source: string
  /** Every text in quotes; in a template, … stands for what is filled in. */
  texts: string[]
  /** For each `throw`, the texts in its statement, and the names of what it calls. */
  throws: { texts: string[]; names: string[] }[]
}

export function readSource(file: string): SourceTexts {
  const source = readFileSync(join(ROOT, file), 'utf8')
  const texts: string[] = []
  const throws: SourceTexts['throws'] = []
  walk(parseSync(source, { syntax: 'typescript', target: 'es2023' }), node => {
    const text = textOf(node)
    if (text !== undefined) texts.push(text)
    if (node.type !== 'ThrowStatement') return
    const found: SourceTexts['throws'][number] = { texts: [], names: [] }
    walk(node, inner => {
      const innerText = textOf(inner)
      if (innerText !== undefined) found.texts.push(innerText)
      if (inner.type === 'Identifier') found.names.push(String(inner.value))
    })
    throws.push(found)
  })
  return { source, texts, throws }
}

type Node = Record<string, unknown>

function walk(value: unknown, visit: (node: Node) => void): void {
  if (value === null || typeof value !== 'object') return
  if ('type' in value) visit(value as Node)
  for (const inner of Object.values(value)) walk(inner, visit)
}

function textOf(node: Node): string | undefined {
  if (node.type === 'StringLiteral') return String(node.value)
  if (node.type !== 'TemplateLiteral') return undefined
  return (node.quasis as { cooked: string }[]).map(({ cooked }) => cooked).join('…')
}
