import { readdirSync, readFileSync } from 'node:fs'

/** Shipped beside `src` and `dist`, from both of which the path is the same. */
const FOLDER = new URL('../../../../migrations/postgres/', import.meta.url)
const FIRST_LINE = /^-- works beside: (\d+)\n/

/** A step of the schema, as a relay of some version knows it. */
export interface Migration {
  readonly version: number
  readonly name: string
  /** The oldest version whose relays go on beside this one. Where it is this version, the migration breaks every older relay. */
  readonly worksBeside: number
  readonly sql: string
}

/** Those that are shipped, in their order. */
export function readMigrations(): Migration[] {
  const migrations = readdirSync(FOLDER)
    .filter((name) => /^\d{4}_.+\.sql$/.test(name))
    .sort()
    .map((name) => readMigration(name, readFileSync(new URL(name, FOLDER), 'utf8')))
  // Of two with one number a database would ever see only one.
  for (const [index, { version, name }] of migrations.entries())
    if (version !== index + 1) throw new Error(`${name} should have the number ${index + 1}.`)
  return migrations
}

export function readMigration(name: string, sql: string): Migration {
  const worksBeside = FIRST_LINE.exec(sql)?.[1]
  if (worksBeside === undefined)
    throw new Error(`${name} does not say on its first line which version works beside it.`)
  return { version: Number(name.slice(0, 4)), name, worksBeside: Number(worksBeside), sql }
}

/** The version that whoever has these knows; 0 without any. */
export function newestOf(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0
}
