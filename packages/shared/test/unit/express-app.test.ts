import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expressApp, messageClasses } from '../../src/express-app'

async function ask(handler: RequestListener, classes: object): Promise<{ headers: Headers; body: string }> {
  const server = createServer(classes, handler)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  try {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    return { headers: response.headers, body: await response.text() }
  } finally {
    server.close()
  }
}

/** Answers with JSON, indented by so many blanks: a setting that Express looks up through the response's app. */
function indenting(blanks: number) {
  const app = expressApp({ 'json spaces': blanks })
  app.get('/', (request, response) => {
    response.json({ app: request.app === app && response.app === app })
  })
  return app
}

describe('expressApp', () => {
  it.each([
    ['a server with the message classes', messageClasses],
    ['a server with Node’s own', {}],
  ])('works on %s, and each app of a process keeps its settings', async (_server, classes) => {
    const answers = [await ask(indenting(1), classes), await ask(indenting(3), classes)]
    expect(answers.map(({ body }) => body)).toEqual(['{\n "app": true\n}', '{\n   "app": true\n}'])
  })

  it('does not say that it is Express', async () => {
    const { headers } = await ask(indenting(0), messageClasses)
    expect(headers.get('x-powered-by')).toBeNull()
  })

  it('leaves the prototypes of a request and its response as the server made them', async () => {
    const app = indenting(0)
    const changed: boolean[] = []
    await ask((request, response) => {
      app(request, response)
      changed.push(Object.getPrototypeOf(request) !== messageClasses.IncomingMessage.prototype)
      changed.push(Object.getPrototypeOf(response) !== messageClasses.ServerResponse.prototype)
    }, messageClasses)
    expect(changed).toEqual([false, false])
  })
})
