import { readReport } from '../../src/capture/read-report'
import { referencedIds, referenceTo } from '../../src/capture/references'
import { exchange } from '../support'

test('a report cannot contain a reference: it would show a value that somebody else has sent', () => {
  const [read] = readReport({
    exchanges: [exchange({ request: { target: `/login?x=${referenceTo('a-known-value-id')}` } })],
  })
  expect(read?.request.target).toContain('a-known-value-id')
  expect(referencedIds(read?.request.target ?? '')).toEqual([])
})
