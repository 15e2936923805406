export { maskUrl } from './connection/address.ts'
export { openPostgresStore, type PostgresStoreOptions } from './open-postgres-store.ts'
