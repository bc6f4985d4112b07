/**
 * A sequence diagram of Mermaid in words: GitHub draws it, and here it is a list of who says what to whom. A library that draws
 * it weighs several megabytes.
 */
import { escapeHtml } from './highlight'

const PARTICIPANT = /^(?:actor|participant)\s+(\w+)(?:\s+as\s+(.+))?$/
const MESSAGE = /^(\w+)\s*-{1,2}>{1,2}\s*(\w+)\s*:\s*(.+)$/

/** @param source what stands between the fences @returns HTML; for a diagram of another kind, its source with a caption */
export function describeDiagram(source: string): string {
  const [type, ...lines] = source
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('%%'))
  const names = new Map<string, string>()
  const messages: string[] = []
  for (const line of lines) {
    const [, id, name] = PARTICIPANT.exec(line) ?? []
    const [, from, to, text] = MESSAGE.exec(line) ?? []
    if (id) names.set(id, name ?? id)
    else if (from && to && text) messages.push(inWords(from, to, text, names))
    else return asSource(source)
  }
  if (type !== 'sequenceDiagram' || messages.length === 0) return asSource(source)
  return `<figure class="diagram-text"><figcaption>Who says what to whom. (On GitHub this is drawn as a diagram.)</figcaption>
<ul>
${messages.map(message => `<li>${message}</li>`).join('\n')}
</ul></figure>
`
}

function inWords(from: string, to: string, text: string, names: Map<string, string>): string {
  const [sender, receiver] = [names.get(from) ?? from, names.get(to) ?? to].map(escapeHtml)
  return `<strong>${sender}</strong> to <strong>${receiver}</strong>: ${escapeHtml(text)}`
}

function asSource(source: string): string {
  return `<figure><figcaption>A diagram in the language of Mermaid, as its source:</figcaption><pre><code>${escapeHtml(source)}</code></pre></figure>
`
}
