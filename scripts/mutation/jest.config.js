/** What each mutant is tested with: `every-test.ts`, on SQLite, up to the first failing test. */
const { join } = require('node:path')
const { projects } = require('../../jest.config.js')
const sqlite = projects.find(project => project.displayName === 'sqlite')

module.exports = {
  ...sqlite,
  rootDir: '../..',
  displayName: undefined,
  testRegex: [],
  testMatch: ['<rootDir>/scripts/mutation/every-test.ts'],
  testEnvironment: join(__dirname, 'stop-at-first-red.js'),
}
