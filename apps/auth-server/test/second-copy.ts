/** A second copy of an authorization server: in the same process, with a connection of its own to the same data. */
import { createLog } from '@glasshouse/shared/log'
import { startTestServer } from '@glasshouse/shared/testing/test-server'
import { createApp } from '../src/app'
import { openContext } from '../src/open'
import type { TestAuthServer } from './support'

export async function startCopyOf({ context }: TestAuthServer): Promise<Omit<TestAuthServer, 'advance'>> {
  const server = await startTestServer()
  const copy = await openContext(context.config, createLog('copy', 'silent'), context.clock)
  server.answerWith(createApp(copy.context))
  return {
    url: server.url,
    context: copy.context,
    async stop() {
      copy.context.endedTokens.close()
      await server.stop()
      await copy.close()
    },
  }
}
