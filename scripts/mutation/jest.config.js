/** What each mutant has to get past: `every-test.ts`, on SQLite, up to the first red test. */
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
