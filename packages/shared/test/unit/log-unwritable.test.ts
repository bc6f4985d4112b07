import { closeSync, openSync } from 'node:fs'
import { createLog } from '../../src/log'

it('a service keeps running when its log cannot be written', () => {
  // Open for reading only, so each write fails, as on a full disk.
  const file = openSync(__filename, 'r')
  const log = createLog('test', 'info', file)
  expect(() => {
    log.info('one')
    log.error('two')
  }).not.toThrow()
  closeSync(file)
})
