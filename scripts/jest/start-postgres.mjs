/** Jest's global set-up of the project `postgres`: one real PostgreSQL for the whole run. Needs `tsc -b` first. */
import { createRequire } from 'node:module'

/** Sets `GLASSHOUSE_TEST_POSTGRES_URL`, which Jest's workers inherit. */
export default async function startPostgres() {
  const { startPostgresServer } = createRequire(import.meta.url)(
    '../../packages/shared/dist/testing/postgres-server.js',
  )
  // Each service under test may hold ten connections.
  globalThis.glasshousePostgres = await startPostgresServer({ max_connections: '300' })
  process.env.GLASSHOUSE_TEST_POSTGRES_URL = globalThis.glasshousePostgres.url
}
