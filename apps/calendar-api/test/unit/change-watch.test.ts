/** What the watch does when its parts fail or are slow. `test/http/change-stream.test.ts` has the whole stream. */
import { ChangeWatch, type Listener } from '../../src/change-watch'

function watchOf(read: (owners: string[]) => Promise<ReadonlyMap<string, number>>) {
  const clock = { now: 0 }
  let look = async () => {}
  const stopwatch = () => clock.now
  const every = (_ms: number, run: () => Promise<void>) => {
    look = run
    return () => {}
  }
  return { watch: new ChangeWatch({ read, every, stopwatch }), clock, look: () => look() }
}

function listener(mayHear: Listener['mayHear'] = async () => 'yes') {
  const heard: unknown[] = []
  const one: Listener = {
    owner: 'alice',
    known: 1,
    mayHear,
    changed: lastChange => heard.push(lastChange),
    heartbeat: () => heard.push('heartbeat'),
    end: () => heard.push('end'),
  }
  return { one, heard }
}

test('while the store is unavailable, streams stay open, and the next look brings the news', async () => {
  let answer: () => Promise<ReadonlyMap<string, number>> = () => Promise.reject(new Error('no connection'))
  const { watch, clock, look } = watchOf(() => answer())
  const { one, heard } = listener()
  watch.add(one)
  clock.now = 15_000
  await look()
  await look()
  expect(heard).toEqual(['heartbeat'])
  answer = async () => new Map([['alice', 2]])
  await look()
  expect(heard).toEqual(['heartbeat', 2])
})

test('while a token cannot be checked, nothing is told; afterwards what was missed', async () => {
  let answer: Awaited<ReturnType<Listener['mayHear']>> = 'wait'
  const { watch, look } = watchOf(async () => new Map([['alice', 2]]))
  const { one, heard } = listener(async () => answer)
  watch.add(one)
  await look()
  expect(heard).toEqual([])
  answer = 'yes'
  await look()
  await look()
  expect(heard).toEqual([2])
})

test('a look that takes long is not overtaken by the next', async () => {
  const reads: ((found: ReadonlyMap<string, number>) => void)[] = []
  const { watch, look } = watchOf(() => new Promise(resolve => reads.push(resolve)))
  const { one, heard } = listener()
  watch.add(one)
  const [first, second] = [look(), look()]
  expect(reads).toHaveLength(1)
  reads[0]?.(new Map([['alice', 2]]))
  await Promise.all([first, second])
  expect(heard).toEqual([2])
})

test('a listener that goes while it is looked for hears nothing', async () => {
  const { watch, look } = watchOf(async () => new Map([['alice', 2]]))
  const { one, heard } = listener(async () => {
    stop()
    return 'yes'
  })
  const stop = watch.add(one)
  await look()
  expect(heard).toEqual([])
})

test('one that comes during a look is told by the next, and only what is true', async () => {
  const reads: ((found: ReadonlyMap<string, number>) => void)[] = []
  const { watch, look } = watchOf(() => new Promise(resolve => reads.push(resolve)))
  const [early, late] = [listener(), listener()]
  watch.add(early.one)
  watch.add({ ...late.one, owner: 'bob' })
  reads[0]?.(new Map([['alice', 2]]))
  await look()
  expect([early.heard, late.heard]).toEqual([[2], []])
  const next = look()
  reads[1]?.(new Map([['bob', 5]]))
  await next
  expect(late.heard).toEqual([5])
})
