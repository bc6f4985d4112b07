/** One JSON-RPC 2.0 message, as MCP sends it, and the errors for a body that is not one. */
import { type JSONRPCMessage, JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js'

/** JSON-RPC 2.0 §5.1 */
export const PARSE_ERROR = -32700
export const INVALID_REQUEST = -32600

/** A body that is not a message. */
export class NoMessage extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message)
  }
}

/**
 * @param body the parsed JSON
 * @throws NoMessage
 */
export function readMessage(body: unknown): JSONRPCMessage {
  // MCP 2025-06-18 removed batches. Without them, a request needs one scope and gets one answer.
  if (Array.isArray(body))
    throw new NoMessage(INVALID_REQUEST, 'Batches are not supported. Send one message per request.')
  const message = JSONRPCMessageSchema.safeParse(body)
  if (!message.success) {
    throw new NoMessage(
      INVALID_REQUEST,
      'The body is not a JSON-RPC 2.0 message. A request has the members jsonrpc ("2.0"), id, method and params.',
    )
  }
  return message.data
}

/** The answer to a body that is not a message. Its id is unknown (JSON-RPC 2.0 §5). */
export function formatError({ code, message }: NoMessage): string {
  return JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } })
}
