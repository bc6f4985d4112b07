import express from 'express'
import { methodsAt } from '../../src/routes'

const nothing = () => undefined
const app = express()
const below = express.Router()
below.get('/', nothing)
below.post('/', nothing)
below.get('/:id/edit', nothing)
below.all('/anything', nothing)
app.get('/', nothing)
app.use('/trips', nothing, express.Router(), below)
app.use(['/x', '/y'], below)
app.use(nothing)

test.each([
  ['/', ['GET']],
  ['/trips', ['GET', 'POST']],
  ['/trips/', ['GET', 'POST']],
  ['/TRIPS', ['GET', 'POST']],
  ['/trips/t1/edit', ['GET']],
  ['/trips/anything', ['POST']],
  ['/y', ['GET', 'POST']],
  ['/trips/nowhere', []],
  ['/tripsabc', []],
  ['/nowhere', []],
])('methodsAt finds %s for %j', (path, methods) => {
  expect(methodsAt(app.router, path)).toEqual(methods)
})

test('a path that cannot be decoded is an error, as it is for the router', () => {
  expect(() => methodsAt(app.router, '/trips/%ff/edit')).toThrow(/decode/)
})
