/** Writes down which SQL statements a test's requests run, on either engine. */
import SqliteDatabase from 'better-sqlite3'
import { Client } from 'pg'

export interface Statement {
  sql: string
  values: unknown[]
}

/**
 * @param act requests; nothing else may use a store meanwhile
 * @returns every statement that ran, in order, with BEGIN and COMMIT; without the question how many rows this connection has
 *   changed (`shared-look.ts`), which reads nothing
 */
export async function statementsOf(act: () => Promise<unknown>): Promise<Statement[]> {
  const noted: Statement[] = []
  const restore = [noteOnSqlite(noted), noteOnPostgres(noted)]
  try {
    await act()
  } finally {
    for (const end of restore) end()
  }
  return noted.filter(({ sql }) => sql !== 'select total_changes()')
}

/** For a list to compare: the verb and the table. */
export function brief({ sql }: Statement): string {
  const text = sql.replace(/["]/g, '').replace(/\s+/g, ' ').trim()
  const [verb = ''] = text.split(' ')
  const table = /\b(?:from|into|update) (\w+)/i.exec(text)?.[1]
  return table ? `${verb} ${table}`.toLowerCase() : verb.toUpperCase()
}

// biome-ignore lint/suspicious/noExplicitAny: the drivers' methods have many forms
type Method = (this: any, ...args: any[]) => unknown

function noteOnSqlite(noted: Statement[]): () => void {
  const memory = new SqliteDatabase(':memory:')
  const prototype = Object.getPrototypeOf(memory.prepare('select 1')) as Record<'all' | 'run' | 'get', Method>
  memory.close()
  const ends = (['all', 'run', 'get'] as const).map(name =>
    replace(prototype, name, (statement, args) => noted.push({ sql: statement.source, values: args.flat() })),
  )
  return () => {
    for (const end of ends) end()
  }
}

function noteOnPostgres(noted: Statement[]): () => void {
  return replace(Client.prototype as unknown as Record<'query', Method>, 'query', (_client, [first, second]) => {
    if (typeof first === 'string') noted.push({ sql: first, values: second ?? [] })
    else noted.push({ sql: first.text, values: first.values ?? [] })
  })
}

/** @returns a function that puts the method back */
function replace<Name extends string>(
  holder: Record<Name, Method>,
  name: Name,
  // biome-ignore lint/suspicious/noExplicitAny: the drivers' methods have many forms
  note: (self: any, args: any[]) => void,
): () => void {
  const original = holder[name]
  holder[name] = function (...args) {
    note(this, args)
    return original.apply(this, args)
  }
  return () => {
    holder[name] = original
  }
}
