import { createLog } from '../../src/log'
import { StoreUnavailable } from '../../src/store-unavailable'
import { everyMinute, runTasks } from '../../src/upkeep'

const MINUTE_MS = 60_000

beforeEach(() => {
  jest.useFakeTimers()
})
afterEach(() => {
  jest.useRealTimers()
})

/** A task that runs until a test says that it is done. */
function slowTask() {
  const runs: { stop: AbortSignal; done: () => void }[] = []
  const run = (stop: AbortSignal) => new Promise<void>(done => void runs.push({ stop, done }))
  return { runs, run }
}

it('runs once a minute, and never twice at once', async () => {
  const { runs, run } = slowTask()
  const stop = everyMinute(run)
  await jest.advanceTimersByTimeAsync(MINUTE_MS - 1)
  expect(runs).toHaveLength(0)
  await jest.advanceTimersByTimeAsync(1)
  expect(runs).toHaveLength(1)
  await jest.advanceTimersByTimeAsync(MINUTE_MS)
  expect(runs).toHaveLength(1)
  runs[0]?.done()
  await jest.advanceTimersByTimeAsync(0)
  expect(runs).toHaveLength(2)
  runs[1]?.done()
  await stop()
})

it('tells a running task to stop, waits for it, and starts no other', async () => {
  const { runs, run } = slowTask()
  const stop = everyMinute(run)
  await jest.advanceTimersByTimeAsync(MINUTE_MS)
  let stopped = false
  const stopping = stop().then(() => {
    stopped = true
  })
  await jest.advanceTimersByTimeAsync(MINUTE_MS)
  expect(runs.map(({ stop }) => stop.aborted)).toEqual([true])
  expect(stopped).toBe(false)
  runs[0]?.done()
  await stopping
  expect(runs).toHaveLength(1)
})

it('logs what fails, and continues with the rest', async () => {
  const log = createLog('a-service', 'silent')
  const logged = jest.spyOn(log, 'error')
  const last = jest.fn(async () => undefined)
  await runTasks([() => Promise.reject(new Error('locked')), last], log)
  expect(logged).toHaveBeenCalledTimes(1)
  expect(last).toHaveBeenCalledTimes(1)
})

it('logs one line for all failures while the store is unavailable, and still tries every task', async () => {
  const log = createLog('a-service', 'silent')
  const [warned, failed] = [jest.spyOn(log, 'warn'), jest.spyOn(log, 'error')]
  const task = jest.fn(() => Promise.reject(new StoreUnavailable(new Error('connection refused'))))
  await runTasks([task, task, task], log)
  expect(task).toHaveBeenCalledTimes(3)
  expect(warned.mock.calls).toEqual([
    [{ why: expect.stringContaining('connection refused') }, expect.stringContaining('upkeep failed')],
  ])
  expect(failed).not.toHaveBeenCalled()
})
