/** A store for oidc-provider on SQLite, as its users write one, with the pragmas of Glasshouse. */
import Database from 'better-sqlite3'

const COLUMNS =
  'model text not null, id text not null, payload text not null, grant_id text, uid text, expires_at integer, consumed_at integer'

/** @param {string} file */
export function sqliteAdapter(file) {
  const db = new Database(file)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = NORMAL')
  db.exec(`create table if not exists models (${COLUMNS}, primary key (model, id)) without rowid;
    create index if not exists models_grant on models (grant_id) where grant_id is not null;
    create index if not exists models_uid on models (model, uid) where uid is not null`)
  const put =
    db.prepare(`insert into models values (@model, @id, @payload, @grant, @uid, @expires, null) on conflict do update
    set payload = excluded.payload, grant_id = excluded.grant_id, uid = excluded.uid, expires_at = excluded.expires_at`)
  const byId = db.prepare('select payload, expires_at, consumed_at from models where model = ? and id = ?')
  const byUid = db.prepare('select payload, expires_at, consumed_at from models where model = ? and uid = ?')
  const consume = db.prepare('update models set consumed_at = ? where model = ? and id = ?')
  const remove = db.prepare('delete from models where model = ? and id = ?')
  const removeGrant = db.prepare('delete from models where grant_id = ?')
  const now = () => Math.floor(Date.now() / 1000)
  const read = row => {
    if (!row || (row.expires_at !== null && row.expires_at <= now())) return undefined
    return { ...JSON.parse(row.payload), ...(row.consumed_at && { consumed: row.consumed_at }) }
  }

  return class {
    constructor(model) {
      this.model = model
    }

    async upsert(id, payload, expiresIn) {
      const expires = expiresIn ? now() + expiresIn : null
      const { grantId: grant = null, uid = null } = payload
      put.run({ model: this.model, id, payload: JSON.stringify(payload), grant, uid, expires })
    }

    async find(id) {
      return read(byId.get(this.model, id))
    }

    async findByUid(uid) {
      return read(byUid.get(this.model, uid))
    }

    async consume(id) {
      consume.run(now(), this.model, id)
    }

    async destroy(id) {
      remove.run(this.model, id)
    }

    async revokeByGrantId(grantId) {
      removeGrant.run(grantId)
    }
  }
}
