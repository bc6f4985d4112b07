/** What a tool is. */
import type { ToolAnnotations } from '@modelcontextprotocol/sdk/types.js'
import type { z } from 'zod'
import type { Scope } from '../scopes'
import type { AgentCalendar } from './agent-calendar'

export interface Tool {
  name: string
  title: string
  /** For the model: what the tool does, and when to use it. */
  description: string
  /** The scope that a call needs. */
  scope: Scope
  input: z.ZodObject
  output: z.ZodObject
  /** For the assistant, which may ask the user before it changes something. */
  hints: ToolAnnotations
  /** @param sent the validated arguments */
  run: (calendar: AgentCalendar, sent: never) => Promise<ToolResult>
}

export interface ToolResult {
  /** Matches `output`. */
  structured: Record<string, unknown>
  /** The same for reading. */
  text: string
}

/** Gives `run` the type of the arguments. */
export function tool<Input extends z.ZodObject>(
  definition: Omit<Tool, 'input' | 'run'> & {
    input: Input
    run: (calendar: AgentCalendar, sent: z.infer<Input>) => Promise<ToolResult>
  },
): Tool {
  return definition
}
