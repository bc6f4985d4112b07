// Read by packages/shared/src/testing/test-store.ts.
process.env.GLASSHOUSE_TEST_ENGINE = 'sqlite'
