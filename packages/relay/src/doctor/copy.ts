import { type Books, openDataFile } from './data-file.ts'
import { newestSchema } from './schema.ts'

/** What is known of a copy before it is called good. */
export interface CopyFacts {
  readonly bytes: number
  /** Of a look through all of it, one line each. */
  readonly damage: readonly string[]
  readonly version: number
  /** The newest schema that this program knows. */
  readonly newest: number
  /** `undefined` where the schema is not known. */
  readonly books: Books | undefined
}

/** What keeps a copy from being good, one sentence each; empty when nothing does. */
export function faultsOfCopy({ damage, version, newest, books }: CopyFacts): readonly string[] {
  if (damage.length > 0) return [`it is damaged: ${damage[0]}`]
  if (version === 0) return ['it has no schema: the relay has kept nothing in it yet']
  if (version > newest) return [`it has schema version ${version}, and this program knows none after ${newest}`]
  if (books === undefined) return []
  const { accepted, accounted, kept, rows } = books
  return [
    ...(accepted === accounted ? [] : [`${accepted - accounted} accepted events are in no state`]),
    ...(kept === rows ? [] : [`${kept} accounts are counted, and ${rows} are there`]),
  ]
}

/** Reads through all of a copy, which nobody else has open. Throws what SQLite throws. */
export function lookAtCopy(path: string): CopyFacts {
  const file = openDataFile(path)
  try {
    const newest = newestSchema()
    const damage = file.damage('integrity_check')
    const version = damage.length > 0 ? 0 : file.schemaVersion()
    const books = version > 0 && version <= newest ? file.books() : undefined
    return { bytes: file.bytes, damage, version, newest, books }
  } finally {
    file.close()
  }
}
