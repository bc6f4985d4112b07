import { sharedLook } from '../../src/shared-look'

/** Looks that end when the test says so. */
function looks() {
  const open: { resolve: (value: string) => void; reject: (error: Error) => void }[] = []
  const look = jest.fn(() => new Promise<string>((resolve, reject) => open.push({ resolve, reject })))
  return { open, look, ask: sharedLook(look) }
}

test('those who ask during a look share the next one, which begins when it ends', async () => {
  const { open, look, ask } = looks()
  const first = ask()
  const [second, third] = [ask(), ask()]
  expect(look).toHaveBeenCalledTimes(1)
  open[0]?.resolve('before')
  expect(await first).toBe('before')
  await new Promise(resolve => setImmediate(resolve))
  expect(look).toHaveBeenCalledTimes(2)
  open[1]?.resolve('after')
  expect([await second, await third]).toEqual(['after', 'after'])
  void ask()
  expect(look).toHaveBeenCalledTimes(3)
})

test('a look that fails fails for those who share it, and the next one begins all the same', async () => {
  const { open, ask } = looks()
  const first = ask()
  const second = ask()
  open[0]?.reject(new Error('unreachable'))
  await expect(first).rejects.toThrow('unreachable')
  await new Promise(resolve => setImmediate(resolve))
  open[1]?.resolve('reachable')
  expect(await second).toBe('reachable')
})
