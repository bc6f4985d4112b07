// Read by packages/shared/src/testing/test-store.ts; the address of the server is set by start-postgres.mjs.
process.env.GLASSHOUSE_TEST_ENGINE = 'postgres'
