/** Tripmate, the third party: reads the environment, opens the store, listens, stops cleanly. */
import { holdData } from '@glasshouse/shared/data-lock'
import { slowMotion } from '@glasshouse/shared/lab/slow-motion'
import { reportIncoming, startReporting } from '@glasshouse/shared/lab-report'
import { runService, serve } from '@glasshouse/shared/serve'
import { createApp } from './app'
import { readConfig } from './config'
import { openContext } from './open'
import { startUpkeep } from './upkeep'

runService('client-app', async log => {
  const config = readConfig(process.env)
  holdData({ service: 'client-app', ...config })
  startReporting('client-app', config)
  const { context, close } = await openContext(config, log)
  const stopUpkeep = startUpkeep(context)
  return serve(reportIncoming(slowMotion(createApp(context), 'client-app', config, log)), {
    url: config.addresses.clientAppUrl,
    hosts: config.hosts,
    log,
    listenPort: config.listenPort,
    async onStop() {
      await stopUpkeep()
      await close()
    },
  })
})
