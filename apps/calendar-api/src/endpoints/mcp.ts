/**
 * The calendar for AI agents: a server of the Model Context Protocol (MCP 2025-11-25, Streamable HTTP). To OAuth, an agent is
 * a client like any other, and this endpoint checks its access token with the same code as `events.ts`. Each request is
 * complete in itself (no sessions), so any copy of this API can answer it. `mcp/` has the tools.
 */
import { describeForLog, logRefusal } from '@glasshouse/shared/refusal-log'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { type NextFunction, type Request, type Response, Router } from 'express'
import { bearerToken, checkScope, clientOf, ownerOf } from '../bearer-token'
import type { Context } from '../context'
import { FOR_EVENTS } from '../google-scopes'
import { jsonBody } from '../json-body'
import { AgentCalendar } from '../mcp/agent-calendar'
import { refuseUnsafeOrigins } from '../mcp/browser-origin'
import { formatError, NoMessage, PARSE_ERROR, readMessage } from '../mcp/message'
import { createServer, scopeOf, WrongArguments } from '../mcp/server'
import { methodNotAllowed, Problem, toProblem } from '../problem'
import { SCOPES } from '../scopes'
import { tokenChecksOf } from '../token-checks'

export function mcpEndpoint(context: Context): Router {
  const { config, log } = context
  // MCP, Authorization, "Protected Resource Metadata Discovery": a 401 says which scope to ask for. It names all, because the
  // SDK's client also registers for exactly this scope, and could not get more later. The user may allow less.
  const requireToken = bearerToken({ ...tokenChecksOf(context), suggestedScope: SCOPES.join(' ') })
  const router = Router({ caseSensitive: true })
  router.use(refuseUnsafeOrigins(config))

  router.post('/', requireToken(), forAUser, jsonBody('application/json'), async (request, response) => {
    const message = readMessage(request.body)
    if ('method' in message && message.method === 'tools/call') checkTool(response, message.params?.name)

    const calendar = new AgentCalendar(context, ownerOf(response), clientOf(response))
    const server = createServer(calendar, (tool, error) => note(response, tool, error))
    // Without a session id, and with one JSON document as the answer instead of an event stream.
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true })
    response.on('close', () => void server.close())
    response.set('Cache-Control', 'no-store')
    await server.connect(transport as Transport)
    await transport.handleRequest(request, response, message)
  })

  // MCP, Streamable HTTP: without an event stream, GET is not allowed; without sessions, neither is DELETE.
  router.all('/', methodNotAllowed('POST'))
  router.use(answerNoMessage)
  return router

  function note(response: Response, tool: string, error: unknown): void {
    const problem = toProblem(error)
    const about = { ...describeForLog(response), tool }
    if (error instanceof WrongArguments) log.warn({ ...about, refused: 'mcp.arguments' }, 'tool call refused')
    else if (problem) log.warn({ ...about, refused: problem.options.check, why: problem.detail }, 'tool call refused')
    else log.error({ ...about, error }, 'unexpected error')
  }

  /** The error codes of JSON-RPC, for a body that is not a message. Everything else is refused as at any other address. */
  function answerNoMessage(error: unknown, _request: Request, response: Response, next: NextFunction): void {
    const refused = isUnreadable(error) ? new NoMessage(PARSE_ERROR, UNREADABLE) : error
    if (!(refused instanceof NoMessage)) {
      next(error)
      return
    }
    logRefusal(log, response, 'mcp.message', refused.message, { status: 400 })
    response.status(400).set('Cache-Control', 'no-store').type('json').send(formatError(refused))
  }
}

const UNREADABLE =
  'The body is not JSON, encoded as UTF-8, or is nested too deeply. Send one JSON-RPC message as application/json.'

function isUnreadable(error: unknown): boolean {
  return error instanceof Problem && error.status === 400 && error.options.check === 'body'
}

/**
 * RFC 6750 §3.1: insufficient_scope. MCP, Authorization, "Runtime Insufficient Scope Errors": the challenge also names the
 * scopes that the token has, so that the next token does not lack them.
 */
function checkTool(response: Response, name: unknown): void {
  const needed = scopeOf(name)
  const has: ReadonlySet<string> = response.locals.accessToken.scope
  if (!needed) return
  const named = SCOPES.filter(scope => [scope, ...FOR_EVENTS[scope]].some(name => name === needed || has.has(name)))
  checkScope(response, needed, named)
}

/** Runs before the body is read, which is pointless if the token belongs to no user. */
function forAUser(_request: Request, response: Response, next: NextFunction): void {
  ownerOf(response)
  next()
}
