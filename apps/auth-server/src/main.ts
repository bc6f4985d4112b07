/** Starts the authorization server: reads the environment, opens the store, listens, and stops cleanly. */
import { holdData } from '@glasshouse/shared/data-lock'
import { slowMotion } from '@glasshouse/shared/lab/slow-motion'
import { reportIncoming, startReporting } from '@glasshouse/shared/lab-report'
import { runService, serve } from '@glasshouse/shared/serve'
import { createApp } from './app'
import { readConfig } from './config'
import { openContext } from './open'
import { startUpkeep } from './upkeep'

runService('auth-server', async log => {
  const config = readConfig(process.env)
  holdData({ service: 'auth-server', ...config })
  startReporting('auth-server', config)
  const { context, close } = await openContext(config, log)
  const stopUpkeep = startUpkeep(context)
  return serve(reportIncoming(slowMotion(createApp(context), 'auth-server', config, log)), {
    url: config.issuer,
    hosts: config.hosts,
    log,
    listenPort: config.listenPort,
    onStopping: () => context.endedTokens.close(),
    async onStop() {
      await stopUpkeep()
      await close()
    },
  })
})
