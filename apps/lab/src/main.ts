/** The Lab: records what the three parties say to each other, and shows it. In demo mode only. */
import { holdData } from '@glasshouse/shared/data-lock'
import { runService, serve } from '@glasshouse/shared/serve'
import { createApp } from './app'
import { readConfig } from './config'
import { openContext } from './open'

runService('lab', async log => {
  const config = readConfig(process.env)
  holdData({ service: 'lab', ...config })
  const { context, close } = await openContext(config, log)
  return serve(createApp(context), {
    url: config.addresses.labUrl,
    hosts: config.hosts,
    log,
    listenPort: config.listenPort,
    onStopping: () => context.news.close(),
    onStop: close,
  })
})
