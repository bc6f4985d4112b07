/** Statements of one transaction on PostgreSQL that do not wait for each other. Kysely runs those of a transaction in turn. */
import {
  type DatabaseConnection,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type Transaction,
} from 'kysely'

/**
 * @param run gets the transaction; a statement is sent as soon as it is run, and the answers come in the same order. After one
 *   has failed, the others fail too. Nothing may be under way when this settles
 */
export function pipelined<Tables, T>(
  transaction: Transaction<Tables>,
  run: (transaction: Kysely<Tables>) => Promise<T>,
): Promise<T> {
  return transaction.getExecutor().provideConnection(connection => run(new Pipelined(connection)))
}

class Pipelined<Tables> extends Kysely<Tables> {
  constructor(connection: DatabaseConnection) {
    super({
      dialect: {
        createAdapter: () => new PostgresAdapter(),
        createDriver: () => new OneConnection(connection),
        createIntrospector: db => new PostgresIntrospector(db),
        createQueryCompiler: () => new PostgresQueryCompiler(),
      },
    })
  }

  override get isTransaction(): boolean {
    return true
  }
}

class OneConnection extends DummyDriver {
  constructor(private readonly connection: DatabaseConnection) {
    super()
  }

  override acquireConnection(): Promise<DatabaseConnection> {
    return Promise.resolve(this.connection)
  }

  override beginTransaction(): Promise<void> {
    return Promise.reject(new Error('a transaction is under way'))
  }
}
