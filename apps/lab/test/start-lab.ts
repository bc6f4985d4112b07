/** Starts the real Lab on a free port, with a store of its own. What it records comes from the test. */
import type { Clock } from '@glasshouse/shared/clock'
import type { Environment } from '@glasshouse/shared/environment'
import { createLog } from '@glasshouse/shared/log'
import { startTestServer } from '@glasshouse/shared/testing/test-server'
import { createTestStore } from '@glasshouse/shared/testing/test-store'
import { createApp } from '../src/app'
import type { Limits } from '../src/capture/recorder'
import { readConfig } from '../src/config'
import type { Context } from '../src/context'
import { openContext } from '../src/open'

export interface TestLab {
  url: string
  readonly context: Context
  /** Ends the process's part, and starts again on the same store. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export interface Options {
  /** Such as the addresses of the services. */
  env?: Environment
  clock?: Clock
  /** For a test of what is kept. */
  limits?: Limits
}

export async function startLab({ env = {}, clock, limits }: Options = {}): Promise<TestLab> {
  const server = await startTestServer()
  const store = await createTestStore()
  const config = readConfig({
    LAB_URL: server.url,
    DATA_DIR: store.dataDir,
    ...(store.databaseUrl && { DATABASE_URL: store.databaseUrl }),
    ...env,
  })
  const open = async () => {
    const opened = await openContext(config, createLog('lab', 'silent'), clock, limits)
    server.answerWith(createApp(opened.context))
    return opened
  }
  let opened = await open()
  return {
    url: server.url,
    get context() {
      return opened.context
    },
    async restart() {
      await opened.close()
      opened = await open()
    },
    async stop() {
      await server.stop()
      await opened.close()
      await store.remove()
    },
  }
}
