import { existsSync, rmSync } from 'node:fs'
import { holdData } from '../../src/data-lock'
import { createTestFolder } from '../../src/testing/test-folder'

let folder: string
beforeEach(() => {
  folder = createTestFolder('glasshouse-lock-')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const data = (service: string) => ({ service, dataDir: folder, databaseUrl: undefined })

test('a second process cannot use a service’s data, and learns which process holds it and what to do', () => {
  const release = holdData(data('a-service'))
  expect(() => holdData(data('a-service'))).toThrow(
    `The data of a-service in ${folder} is in use by process ${process.pid}. Stop that process first (perhaps another "npm start"), or set DATA_DIR to another folder.`,
  )
  release()
})

test('a released lock can be taken again', () => {
  for (let time = 0; time < 3; time++) holdData(data('a-service'))()
})

test('the lock of one service does not block another', () => {
  const releases = ['a-service', 'another'].map(service => holdData(data(service)))
  for (const release of releases) release()
})

test('on PostgreSQL any number of copies share the data, and no lock file is created', () => {
  const shared = { ...data('a-service'), databaseUrl: 'postgres://localhost/db' }
  holdData(shared)
  holdData(shared)
  expect(existsSync(`${folder}/a-service.lock`)).toBe(false)
})
