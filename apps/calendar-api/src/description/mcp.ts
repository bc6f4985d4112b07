/** What the API's document says about `/mcp`. The tools describe themselves there (`tools/list`). */
import type { Content, Operation } from '@glasshouse/shared/openapi'
import { z } from 'zod'
import { challenge } from './headers'

const version = z.literal('2.0')
const id = z.union([z.string(), z.int()])

export const mcpMessage = z
  .object({
    jsonrpc: version,
    id: id.optional().describe('A notification has none.'),
    method: z.string(),
    params: z.looseObject({}).optional(),
  })
  .describe('A request or a notification of the Model Context Protocol (JSON-RPC 2.0).')

export const mcpAnswer = z
  .union([
    z.object({ jsonrpc: version, id, result: z.looseObject({}) }),
    z.object({
      jsonrpc: version,
      id: id.nullable().describe('null if the body is not a message.'),
      error: z.object({ code: z.int(), message: z.string(), data: z.unknown().optional() }),
    }),
  ])
  .describe('The answer to a request. A tool that fails answers with a result, in which `isError` is true.')

const json = (schema: string, summary: string, value: unknown): Record<string, Content> => ({
  'application/json': { schema, examples: { example1: { summary, value } } },
})

const error = (code: number, message: string) =>
  json('McpAnswer', message, { jsonrpc: '2.0', id: null, error: { code, message } })

const problem = (title: string, status: number, detail: string): Record<string, Content> => ({
  'application/problem+json': {
    schema: 'Problem',
    examples: { example1: { summary: title, value: { title, status, detail } } },
  },
})

/** @param oauth the name of the security scheme */
export function mcpOperation(oauth: string): Operation {
  const call = { name: 'delete_event', arguments: { id: '4n9f6bq1v5f6hsb2d5kpsv0r2e' } }
  return {
    operationId: 'callMcp',
    summary: 'For AI agents: the Model Context Protocol',
    description:
      'Streamable HTTP without sessions: each request is complete in itself. `tools/list` describes the tools. Any token of a ' +
      'user is good for that; a call of a tool needs the scope `calendar.read` or `calendar.write`. `Accept` must name both ' +
      '`application/json` and `text/event-stream`, which most viewers of this document cannot do: use an MCP client.',
    tags: ['events'],
    security: [{ [oauth]: [] }],
    requestBody: {
      required: true,
      content: json('McpMessage', 'Delete an event', { jsonrpc: '2.0', id: 1, method: 'tools/call', params: call }),
    },
    responses: {
      200: {
        description: 'The answer to a request.',
        content: json('McpAnswer', 'An error of a tool', {
          jsonrpc: '2.0',
          id: 1,
          result: { content: [{ type: 'text', text: 'This calendar has no event with this id.' }], isError: true },
        }),
      },
      202: { description: 'A notification has arrived.' },
      400: {
        description:
          'The body is not a message, the protocol version is unknown, or the Authorization header is invalid.',
        headers: { 'WWW-Authenticate': challenge(false) },
        content: {
          ...error(-32600, 'Batches are not supported. Send one message per request.'),
          ...problem('Bad Request', 400, 'The request has more than one Authorization header. Send one.'),
        },
      },
      401: 'Unauthorized',
      403: {
        description:
          'The access token does not have the scope, or belongs to no user, or a browser names an unsafe origin.',
        headers: { 'WWW-Authenticate': challenge(false) },
        content: problem(
          'Forbidden',
          403,
          'This request needs the scope calendar.write, which the access token does not have.',
        ),
      },
      406: {
        description: '`Accept` must name both `application/json` and `text/event-stream`.',
        content: error(-32000, 'Not Acceptable: Client must accept both application/json and text/event-stream'),
      },
      413: 'ContentTooLarge',
      415: 'UnsupportedMediaType',
      500: 'InternalServerError',
      503: 'ServiceUnavailable',
    },
  }
}
