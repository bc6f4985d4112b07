import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { DuringResponse } from '../../src/during-response'

/** Answers each path when its gate is opened, with the value that it finds then. */
class Gates {
  readonly names = new DuringResponse<string>()
  readonly server: Server
  private readonly waiting = new Map<string, () => void>()

  constructor() {
    this.server = createServer((request, response) => {
      const name = request.url ?? ''
      this.names.run(response, name, () => void this.answer(name, response))
    })
  }

  private async answer(name: string, response: ServerResponse): Promise<void> {
    await new Promise<void>(resolve => this.waiting.set(name, resolve))
    await setImmediate()
    response.end(this.names.current ?? 'lost')
  }

  async open(name: string): Promise<void> {
    while (!this.waiting.has(name)) await setImmediate()
    this.waiting.get(name)?.()
  }
}

const gates = new Gates()
let url: string
beforeAll(async () => {
  await new Promise<void>(resolve => gates.server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(gates.server.address() as AddressInfo).port}`
})
afterAll(() => new Promise(resolve => gates.server.close(resolve)))

const get = async (name: string) => (await fetch(url + name)).text()

test('each response keeps its value, also when another one was sent meanwhile', async () => {
  const first = get('/first')
  const second = get('/second')
  await gates.open('/first')
  expect(await first).toBe('/first')
  await gates.open('/second')
  expect(await second).toBe('/second')
})

test('a response has its value after a time without any', async () => {
  for (const name of ['/once', '/again']) {
    const answer = get(name)
    await gates.open(name)
    expect(await answer).toBe(name)
    expect(gates.names.current).toBeUndefined()
  }
})
