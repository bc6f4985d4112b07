/**
 * Three projects: `unit` (pure functions, by table), and the endpoints over HTTP on each engine: `sqlite` and `postgres`. To
 * run one of them: `pnpm exec jest --selectProjects sqlite`.
 *
 * test/http runs on both engines: what is stored and read back, happens once, happens at once, comes in order or is text.
 * test/sqlite runs on SQLite alone: what is about that engine, and what is the same whichever engine there is, such as the
 * checks that a request meets before anything is stored, headers, and the words on a page.
 */

const { availableParallelism } = require('node:os')

/** Dependencies that ship only ES modules: Jest loads CommonJS, so these are compiled like our own code. */
const ESM_ONLY = ['jose']

/** Patterns match whole paths. The checkout's own path may contain special characters, such as `[x]`, so it is escaped. */
const ROOT = __dirname.replaceAll('\\', '/').replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

const common = {
  testEnvironment: '<rootDir>/scripts/jest/environment.js',
  transform: {
    '^.+\\.[cm]?[jt]s$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!\\.pnpm/|(?:${ESM_ONLY.join('|')})/)`],
  moduleNameMapper: {
    // The source, so that a change in packages/shared takes effect without a build.
    '^@glasshouse/shared/(.*)$': '<rootDir>/packages/shared/src/$1',
    '^kysely$': '<rootDir>/scripts/jest/kysely.js',
  },
  modulePathIgnorePatterns: [`${ROOT}/(?:apps|packages)/[^/]+/dist/`, `${ROOT}/(?:\\.data|\\.cache)/`],
}

/** The endpoints, over HTTP. */
const http = {
  ...common,
  moduleNameMapper: {
    ...common.moduleNameMapper,
    '^@node-rs/argon2$': '<rootDir>/scripts/jest/cheap-passwords.js',
  },
}

module.exports = {
  // One more than there are cores: a third of their time the workers wait for PostgreSQL or for a service.
  maxWorkers: availableParallelism() + 1,
  testTimeout: 60_000, // as long as this only on a machine with much other work
  projects: [
    {
      ...common,
      displayName: 'unit',
      testRegex: [`${ROOT}/(?:packages/[^/]+/test|apps/[^/]+/test/unit|scripts/test)/.*\\.test\\.ts$`],
    },
    {
      ...http,
      displayName: 'sqlite',
      testRegex: [`${ROOT}/apps/[^/]+/test/(?:http|sqlite)/.*\\.test\\.ts$`],
      setupFiles: ['<rootDir>/scripts/jest/use-sqlite.js'],
    },
    {
      ...http,
      displayName: 'postgres',
      // test/postgres starts several copies of a service as built: run `tsc -b` first.
      testRegex: [`${ROOT}/apps/[^/]+/test/(?:http|postgres)/.*\\.test\\.ts$`],
      globalSetup: '<rootDir>/scripts/jest/start-postgres.mjs',
      globalTeardown: '<rootDir>/scripts/jest/stop-postgres.mjs',
      setupFiles: ['<rootDir>/scripts/jest/use-postgres.js'],
    },
  ],
}
