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
  const run = compiledForEachForm((db: Kysely<Tables>, values: Values, _form: string) => build(db, values))
  return (db, values) => run(db, values, '')
}

/** So many forms of a query are remembered. */
const MOST_FORMS = 200

/**
 * The same for a query that has several forms: each is built and compiled once.
 * @param build besides placeholders gets the form, which alone decides what the query looks like. Calls with the same form have
 *   the same values present
 */
export function compiledForEachForm<Tables, Values extends object, Row, Form>(
  build: (db: Kysely<Tables>, values: Values, form: Form) => { compile(): CompiledQuery<Row> },
): (db: Kysely<Tables>, values: Values, form: Form) => Promise<Row[]> {
  // Tests use both engines in one process.
  const compiled = new Map<string, CompiledQuery<Row>>()
  return async (db, values, form) => {
    const name = `${db.getExecutor().adapter.constructor.name} ${JSON.stringify(form)}`
    const query = compiled.get(name) ?? build(db, placeholdersFor(values), form).compile()
    if (compiled.size >= MOST_FORMS && !compiled.has(name)) compiled.clear()
    compiled.set(name, query)
    const parameters = query.parameters.map(parameter =>
      parameter instanceof Placeholder ? values[parameter.name as keyof Values] : parameter,
    )
    return (await db.executeQuery<Row>({ ...query, parameters })).rows
  }
}

function placeholdersFor<Values extends object>(values: Values): Values {
  return Object.fromEntries(Object.keys(values).map(name => [name, new Placeholder(name)])) as Values
}
