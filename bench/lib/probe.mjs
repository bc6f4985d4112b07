/** Loaded into every measured server with `--import`: answers this bench over Node's own channel. */
import { Session } from 'node:inspector/promises'
import process from 'node:process'

const SAMPLE_EVERY_US = 500

const session = new Session()
const answers = {
  /** What the process has used since its start, all threads together. */
  usage() {
    const { user, system } = process.cpuUsage()
    return { cpuMs: (user + system) / 1000, rssMb: process.memoryUsage.rss() / 2 ** 20 }
  },
  async startProfile() {
    session.connect()
    await session.post('Profiler.enable')
    await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY_US })
    await session.post('Profiler.start')
  },
  async stopProfile() {
    const { profile } = await session.post('Profiler.stop')
    session.disconnect()
    return profile
  },
}

process.on('message', async question => {
  process.send?.({ answer: await answers[String(question)]() })
})
// The channel must not keep a server alive that wants to stop.
process.channel?.unref()
