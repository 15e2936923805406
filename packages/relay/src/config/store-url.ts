import { readDatabaseUrl, WRITE_URL } from '../store/postgres/connection/database-url.ts'
import type { Settings } from './schema.ts'
import type { SecretReader } from './secret.ts'

const SQLITE = 'sqlite'

/** The URL of the database that events are kept in; `undefined` for a file. What is wrong with it is noted with the secrets' faults. */
export function readStoreUrl(
  { store, storeUrlFile }: Pick<Settings, 'store' | 'storeUrlFile'>,
  secrets: SecretReader,
): string | undefined {
  const inline = store === SQLITE ? undefined : store
  if (inline === undefined && storeUrlFile === undefined) return undefined
  const url = secrets.read('store', 'storeUrl', { inline, file: storeUrlFile })
  if (url === '' || readDatabaseUrl(url) !== undefined) return url
  secrets.note('store', `this is no URL of a PostgreSQL database: ${WRITE_URL}`)
  return url
}
