import type { Database, Row } from '../database.ts'

export interface MetaStatements {
  readonly get: (key: string) => string | undefined
  readonly set: (key: string, value: string) => void
  readonly remove: (key: string) => void
}

export function metaStatements(database: Database): MetaStatements {
  const select = database.prepare('SELECT value FROM meta WHERE key = ?')
  const upsert = database.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)')
  const remove = database.prepare('DELETE FROM meta WHERE key = ?')
  return {
    get: (key) => (select.get(key) as Row | undefined)?.['value'] as string | undefined,
    set: (key, value) => void upsert.run(key, value),
    remove: (key) => void remove.run(key),
  }
}
