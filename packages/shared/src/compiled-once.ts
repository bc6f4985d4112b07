/**
 * Kysely builds and compiles a query at each call, which takes longer than SQLite takes to run most of them. The queries of the
 * busiest requests are built and compiled once.
 */
import type { CompiledQuery, Kysely } from 'kysely'

/** Stands for a value while the query is built. */
class Placeholder {
  constructor(readonly name: string) {}
}

/**
 * @param build builds the query at the first call. All it may do with a value is to hand it to Kysely: what it gets are
 *   placeholders, by the names of that call's values
 * @returns a function that runs the query and gives its rows
 */
export function compiledOnce<Tables, Values extends object, Row>(
  build: (db: Kysely<Tables>, values: Values) => { compile(): CompiledQuery<Row> },
): (db: Kysely<Tables>, values: Values) => Promise<Row[]> {
  // Tests use both engines in one process.
  const compiled = new Map<unknown, CompiledQuery<Row>>()
  return async (db, values) => {
    const engine = db.getExecutor().adapter.constructor
    const query = compiled.get(engine) ?? build(db, placeholdersFor(values)).compile()
    compiled.set(engine, query)
    const parameters = query.parameters.map(parameter =>
      parameter instanceof Placeholder ? values[parameter.name as keyof Values] : parameter,
    )
    return (await db.executeQuery<Row>({ ...query, parameters })).rows
  }
}

function placeholdersFor<Values extends object>(values: Values): Values {
  return Object.fromEntries(Object.keys(values).map(name => [name, new Placeholder(name)])) as Values
}
