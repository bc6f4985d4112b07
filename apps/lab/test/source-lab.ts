/** Starts the real Lab on a free port, for the tests of its pages about the source. */
import { createLog } from '@glasshouse/shared/log'
import { startTestServer } from '@glasshouse/shared/testing/test-server'
import { createTestStore } from '@glasshouse/shared/testing/test-store'
import { createApp } from '../src/app'
import { readConfig } from '../src/config'
import type { Context } from '../src/context'
import { openContext } from '../src/open'

export interface TestLab {
  url: string
  context: Context
  stop(): Promise<void>
}

export async function startLab(): Promise<TestLab> {
  const server = await startTestServer()
  const store = await createTestStore()
  const config = readConfig({
    LAB_URL: server.url,
    DATA_DIR: store.dataDir,
    ...(store.databaseUrl ? { DATABASE_URL: store.databaseUrl } : {}),
  })
  const { context, close } = await openContext(config, createLog('lab', 'silent'))
  server.answerWith(createApp(context))
  return {
    url: server.url,
    context,
    async stop() {
      await server.stop()
      await close()
      await store.remove()
    },
  }
}
