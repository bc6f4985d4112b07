/** The calendar API: reads the environment, opens the store, listens, stops cleanly. */
import { holdData } from '@glasshouse/shared/data-lock'
import { reportIncoming, startReporting } from '@glasshouse/shared/lab-report'
import { runService, serve } from '@glasshouse/shared/serve'
import { createApp } from './app'
import { readConfig } from './config'
import { openContext } from './open'
import { startUpkeep } from './upkeep'

runService('calendar-api', async log => {
  const config = readConfig(process.env)
  holdData({ service: 'calendar-api', ...config })
  startReporting('calendar-api', config)
  const { context, close } = await openContext(config, log)
  const stopUpkeep = startUpkeep(context)
  const service = await serve(reportIncoming(createApp(context)), {
    url: config.resource,
    hosts: config.hosts,
    log,
    listenPort: config.listenPort,
    onStopping: () => context.changeWatch.stop(),
    async onStop() {
      await stopUpkeep()
      await close()
    },
  })
  context.endedTokens.start()
  return service
})
