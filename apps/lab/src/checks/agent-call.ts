/** Step 6 for agents: the token is checked by the same code, but the scope once it is known which tool is called. */
import { headerOf, pathOf } from '../capture/read-message'
import { at, OWNER, READING, SCOPE, TOKEN } from './bearer-token'
import { type CheckList, calledFrom } from './check'

const MCP = 'apps/calendar-api/src/endpoints/mcp.ts'

export const agentCall: CheckList = {
  receiver: 'calendar-api',
  receives: ({ request }) => /^\/mcp\/?$/.test(pathOf(request.target)) && request.method === 'POST',
  checks: [
    ...calledFrom({ file: MCP, anchor: 'router.use(refuseUnsafeOrigins(config))' }, [
      {
        name: 'origin-safe',
        sentence: 'It does not come from a page of a host that only pretends to be this one.',
        without:
          'A page could point its own name at this machine, and your browser would take the page for the calendar’s own.',
        file: 'apps/calendar-api/src/mcp/browser-origin.ts',
        anchor: 'if (origin === undefined',
        why: ['A page of this origin may not use this address. Use https, or a page on the same host or on localhost.'],
        when: ({ request }) => headerOf(request, 'origin') !== undefined,
      },
    ]),
    ...calledFrom({ file: MCP, anchor: "router.post('/', requireToken()" }, [
      ...calledFrom(at('const token = readBearerToken(request)'), READING),
      ...calledFrom(at('await checkAccessToken(token, checks)'), TOKEN),
    ]),
    ...calledFrom({ file: MCP, anchor: "router.post('/', requireToken(), forAUser" }, [OWNER]),
    {
      name: 'message-readable',
      sentence: 'The body is one message of the Model Context Protocol.',
      without: 'A request with several messages could hide a call that its token does not allow.',
      file: MCP,
      anchor: 'const message = readMessage(request.body)',
      why: [
        'The body is not JSON, encoded as UTF-8, or is nested too deeply. Send one JSON-RPC message as application/json.',
        'mcp.message',
        'type',
        'entity.too.large',
        'request.aborted',
        'encoding.unsupported',
      ],
    },
    ...calledFrom({ file: MCP, anchor: 'checkTool(response, message.params?.name)' }, [SCOPE]),
  ],
}
