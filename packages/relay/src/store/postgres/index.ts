export { maskUrl } from './connection/database-url.ts'
export { type DatabaseFacts, lookAtDatabase, type SnapshotHolder } from './look.ts'
export { openPostgresStore, type PostgresStoreOptions } from './open-postgres-store.ts'
