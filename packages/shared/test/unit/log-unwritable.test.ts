import { closeSync, openSync } from 'node:fs'
import { createLog } from '../../src/log'

it('a log that cannot be written stops nothing', () => {
  // Open for reading alone: each write fails, as on a full disk.
  const file = openSync(__filename, 'r')
  const log = createLog('test', 'info', file)
  expect(() => {
    log.info('one')
    log.error('two')
  }).not.toThrow()
  closeSync(file)
})
