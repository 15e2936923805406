import { readdirSync, readFileSync } from 'node:fs'
import { keyDigest } from '../context-key.ts'
import { StoreUnusableError } from '../errors.ts'
import { type Database, readValue } from './database.ts'
import { defineSafeTexts } from './safe-text.ts'

/** Shipped beside `src` and `dist`, from both of which the path is the same. */
const FOLDER = new URL('../../../migrations/sqlite/', import.meta.url)

export interface Migration {
  readonly version: number
  readonly name: string
  readonly sql: string
}

export function readMigrations(): Migration[] {
  return readdirSync(FOLDER)
    .filter((name) => /^\d{4}_.+\.sql$/.test(name))
    .sort()
    .map((name) => ({ version: Number(name.slice(0, 4)), name, sql: readFileSync(new URL(name, FOLDER), 'utf8') }))
}

/** Brings the schema up to date, each migration in a transaction of its own. Throws `StoreUnusableError` for a newer schema. */
export function migrate(database: Database, migrations: readonly Migration[] = readMigrations()): void {
  database.exec('CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT')
  const version = Number(readValue(database, 'SELECT coalesce(max(version), 0) FROM migration'))
  const newest = migrations.at(-1)?.version ?? 0
  if (version > newest) {
    throw new StoreUnusableError(
      `The data has schema version ${version}, and this version of Waybill knows none after ${newest}.`,
      { hint: 'Run the version of Waybill that wrote it, or a newer one; or restore a backup from before the update.' },
    )
  }
  database.define('key_digest', keyDigest)
  defineSafeTexts(database)
  for (const migration of migrations) if (migration.version > version) apply(database, migration)
}

function apply(database: Database, { version, name, sql }: Migration): void {
  database.exec('BEGIN IMMEDIATE')
  try {
    database.exec(sql)
    database.prepare('INSERT INTO migration (version, name) VALUES (?, ?)').run(version, name)
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}
