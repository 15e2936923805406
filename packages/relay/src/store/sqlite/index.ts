export type { Database, Row, Statement, Value } from './database.ts'
export { DATA_FILE, makePrivate } from './database.ts'
export { openSqliteStore } from './open-sqlite-store.ts'
export type { SqliteStoreOptions } from './options.ts'
