export type { Database, Row, Statement, Value } from './database.ts'
export { makePrivate } from './database.ts'
export { openSqliteStore } from './open-sqlite-store.ts'
export type { SqliteStoreOptions } from './options.ts'
