import { byCause, type Ordered } from '../../src/capture/order'

const at = (id: string, startedAt: number, more: Partial<Ordered> = {}): Ordered => ({
  id,
  causedBy: null,
  startedAt,
  url: `https://x.example/${id}`,
  location: undefined,
  ...more,
})
const order = (exchanges: Ordered[]) => byCause(exchanges).map(({ exchange, depth }) => `${exchange.id}${depth}`)

test('without a known cause, the clocks decide', () => {
  expect(order([at('b', 2), at('a', 1), at('c', 3)])).toEqual(['a0', 'b0', 'c0'])
})

test('a call comes after the request that caused it, whatever its clock says', () => {
  expect(order([at('call', 1, { causedBy: 'page' }), at('page', 5), at('later', 6)])).toEqual([
    'page0',
    'call1',
    'later0',
  ])
})

test('the target of a redirect comes after the redirect, whatever its clock says', () => {
  const redirect = at('redirect', 100, { location: 'https://x.example/target' })
  expect(order([at('target', 50), redirect])).toEqual(['redirect0', 'target0'])
})

test('an earlier visit to the same page is not the target of a later redirect', () => {
  const home = { url: 'https://x.example/' }
  const redirect = at('redirect', 10_000, { location: 'https://x.example/' })
  expect(order([at('first', 1, home), redirect, at('second', 10_020, home)])).toEqual([
    'first0',
    'redirect0',
    'second0',
  ])
})

test('two redirects to one page each have their own target', () => {
  const home = { url: 'https://x.example/' }
  const to = { location: 'https://x.example/' }
  const placed = byCause([at('r1', 1, to), at('h1', 2, home), at('r2', 3, to), at('h2', 4, home)])
  expect(placed.map(({ after }) => after)).toEqual([undefined, 'r1', undefined, 'r2'])
})

test('redirects in a circle and exchanges that cause each other are all there, once', () => {
  const circle = [at('a', 1, { location: 'https://x.example/b' }), at('b', 2, { location: 'https://x.example/a' })]
  const each = [at('c', 3, { causedBy: 'd' }), at('d', 4, { causedBy: 'c' }), at('e', 5, { causedBy: 'e' })]
  expect(
    order([...circle, ...each])
      .map(one => one[0])
      .sort(),
  ).toEqual(['a', 'b', 'c', 'd', 'e'])
})
