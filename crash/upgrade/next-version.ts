/**
 * A relay of a version to come: what it has beside the present one is one more migration, beside which the present one works. Started in the
 * place of `waybill serve`, and stopped like it.
 */
import { loadConfig } from '../../packages/relay/src/config/index.ts'
import { runRelay } from '../../packages/relay/src/service/index.ts'
import { openPostgresStore } from '../../packages/relay/src/store/postgres/index.ts'
import { newestOf, readMigrations } from '../../packages/relay/src/store/postgres/schema/migration.ts'

const migrations = readMigrations()
const known = newestOf(migrations)
const next = {
  version: known + 1,
  name: 'next.sql',
  worksBeside: known,
  // Of the table that every relay writes to with every event.
  sql: 'alter table waybill_store.account add column more text; create table waybill_store.more (one integer)',
}

const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())
const ended = await runRelay({
  load: () => loadConfig({ env: process.env }),
  stream: process.stdout,
  signal: stop.signal,
  open: ({ storeUrl = '', keepBodies, timeZone = 'UTC' }) =>
    openPostgresStore({ url: storeUrl, keepBodies, timeZone, migrations: [...migrations, next] }),
})
process.exit(ended ? 0 : 3)
