/** An agent with an access token, for tests of `/mcp`. */
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { type Answer, send, type TestCalendarApi } from './support'

export const HEADERS = {
  'Content-Type': 'application/json',
  Accept: 'application/json, text/event-stream',
  'MCP-Protocol-Version': '2025-11-25',
}

/** Sends a body, text or a value, to `/mcp`. */
export function post(
  api: TestCalendarApi,
  token: string | undefined,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return send(`${api.url}/mcp`, 'POST', {
    headers: { ...HEADERS, ...(token !== undefined && { Authorization: `Bearer ${token}` }), ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
  })
}

export function request(method: string, params?: Record<string, unknown>) {
  return { jsonrpc: '2.0', id: 1, method, ...(params && { params }) }
}

export function toolCall(name: string, sent: Record<string, unknown> = {}) {
  return request('tools/call', { name, arguments: sent })
}

// biome-ignore lint/suspicious/noExplicitAny: whatever the tool answered, for a test to look at
type Structured = any

export interface Called {
  structured: Structured
  text: string
  isError: boolean
}

/** Calls tools with this token. */
export function agentOf(api: TestCalendarApi, token: string) {
  return async (name: string, sent: Record<string, unknown> = {}): Promise<Called> => {
    const { status, json } = await post(api, token, toolCall(name, sent))
    if (status !== 200 || !json.result) throw new Error(`${name}: ${status} ${JSON.stringify(json)}`)
    const { content, structuredContent, isError } = json.result as CallToolResult
    const [first] = content
    return {
      structured: structuredContent,
      text: first?.type === 'text' ? first.text : '',
      isError: isError === true,
    }
  }
}
