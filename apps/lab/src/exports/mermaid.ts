/** A run as a Mermaid sequence diagram (https://mermaid.js.org/syntax/sequenceDiagram.html), for documents and wikis. */
import { STEPS, type StepNumber } from '@glasshouse/shared/see-through/steps'
import type { Message } from '../capture/messages'
import { headerOf, pathOf } from '../capture/read-message'
import { splitReferences } from '../capture/references'
import type { RunTable } from '../store/schema'
import { storyOf } from '../watch/story'
import { lifelinesOf, type Node, treeOf } from '../watch/tree'

/** Names of the lifelines within the diagram, from left to right. */
const PARTICIPANTS = ['browser', 'tripmate', 'accounts', 'calendar']

export function mermaidOf(run: RunTable, messages: Message[]): string {
  const lifelines = lifelinesOf(run).map(
    ({ name, role }, column) => `  participant ${PARTICIPANTS[column]} as ${label(`${name} (${role})`)}`,
  )
  const when = new Date(run.started_at).toISOString().slice(0, 16).replace('T', ' ')
  const drawn = new Drawing()
  for (const node of treeOf(messages, () => [], false)) drawn.add(node)
  return [
    `%% A run that Glasshouse Lab recorded, ${when} UTC.`,
    '%% Dashed arrows: front channel, through the browser. Solid arrows: back channel, from server to server.',
    'sequenceDiagram',
    ...lifelines,
    ...drawn.lines,
    '',
  ].join('\n')
}

class Drawing {
  readonly lines: string[] = []
  private step: StepNumber | null = null

  /** What a message caused stands between its request and its response. */
  add({ message, from, to, children }: Node): void {
    const { number, channel, request, response, steps } = message
    const arrow = channel === 'front' ? '-->>' : '->>'
    const [sender, receiver] = [PARTICIPANTS[from], PARTICIPANTS[to]]
    this.note(steps.request)
    this.lines.push(
      `  ${sender}${arrow}${receiver}: ${label(`${number} ${request.method} ${pathOf(request.target)} - ${storyOf(message).title}`)}`,
    )
    for (const child of children) this.add(child)
    if (steps.response !== steps.request) this.note(steps.response)
    this.lines.push(`  ${receiver}${arrow}${sender}: ${label(`${number} ${answerOf(response)}`)}`)
  }

  private note(step: StepNumber | null): void {
    if (step === null || step === this.step) return
    this.step = step
    this.lines.push(
      `  Note over ${PARTICIPANTS[0]},${PARTICIPANTS.at(-1)}: ${label(`Step ${step} of 7: ${STEPS[step - 1]?.name}`)}`,
    )
  }
}

function answerOf(response: Message['response']): string {
  if (!response) return 'no answer'
  const location = headerOf(response, 'location')
  return location === undefined ? String(response.status) : `${response.status} go to ${pathOf(location)}`
}

/** Mermaid reads # and ; as its own, and words such as `end` only outside of a label. */
function label(text: string): string {
  return splitReferences(text)
    .map(part => (typeof part === 'string' ? part : '…'))
    .join('')
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .replace(/[#;<>%{}"\\]/g, character => `#${character.charCodeAt(0)};`)
}
