import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { faultOf } from '../store/sqlite/fault.ts'
import { readMigrations } from '../store/sqlite/migrate.ts'
import { DATA_FILE, type DataFile, openDataFile } from './data-file.ts'
import { type Finding, type Level, sizeText } from './finding.ts'

/** What is known of the data file. */
export interface SchemaFacts {
  readonly path: string
  readonly state: 'missing' | 'read' | 'damaged' | 'unreadable'
  /** SQLite's words where it could not be read. */
  readonly why?: string | undefined
  readonly bytes: number
  /** Of the file; 0 where no migration was applied. */
  readonly version: number
  /** The newest that this program knows. */
  readonly newest: number
  /** Where its data was moved, if it was. */
  readonly movedTo?: string | undefined
  /** Of a look through the whole file; `undefined` where nobody looked. */
  readonly damage: readonly string[] | undefined
}

const RESTORE = 'Stop the relay, keep this file for a repair, and restore the last backup (docs/operating.md).'

const OTHER_USER = 'Run waybill doctor as the user that runs the relay, who has to have the right to read and write it.'

/** One line on the data file. */
export function judgeSchema(facts: SchemaFacts): Finding {
  const [level, message, next] = judged(facts)
  return { check: 'schema', about: facts.path, level, message, next }
}

function judged({
  state,
  why,
  version,
  newest,
  movedTo,
  bytes,
  damage,
}: SchemaFacts): readonly [Level, string, string?] {
  if (state === 'missing') return ['ok', 'no data yet; waybill serve makes it']
  if (state === 'damaged') return ['wrong', `is damaged (${why ?? 'no reason given'})`, RESTORE]
  if (state === 'unreadable') return ['wrong', `cannot be read (${why ?? 'no reason given'})`, OTHER_USER]
  if (damage !== undefined && damage.length > 0) return ['wrong', `is damaged: ${damage[0]}`, RESTORE]
  if (version > newest) {
    const message = `schema version ${version}, and this program knows none after ${newest}`
    return ['wrong', message, 'Run the version of Waybill that wrote it, or a newer one.']
  }
  if (movedTo !== undefined)
    return [
      'wrong',
      `was moved to ${movedTo}, and opens no more`,
      'Set store to the URL of that database, or storeUrlFile.',
    ]
  if (version === 0) return ['ok', 'is empty; waybill serve fills it']
  if (version < newest) {
    const message = `schema version ${version}, which the next start of waybill serve brings to ${newest}`
    return ['warning', message, 'Make a copy first with waybill backup <path>: there is no way back.']
  }
  const looked = damage === undefined ? '' : ', looked through and undamaged'
  return ['ok', `schema version ${version}, ${sizeText(bytes)}${looked}`]
}

/** Reads the data file of a folder, which a relay may have in use. `thorough` looks through all of it. */
export function lookAtSchema(dataDir: string, thorough: boolean): SchemaFacts {
  const path = join(dataDir, DATA_FILE)
  const facts = { path, bytes: 0, version: 0, newest: newestSchema(), damage: undefined }
  if (!existsSync(path)) return { ...facts, state: 'missing' }
  let file: DataFile | undefined
  try {
    file = openDataFile(path)
    const version = file.schemaVersion()
    return {
      ...facts,
      state: 'read',
      bytes: file.bytes,
      version,
      movedTo: version === 0 ? undefined : file.movedTo(),
      damage: thorough ? file.damage('quick_check') : undefined,
    }
  } catch (error) {
    return { ...facts, state: faultOf(error) === 'broken' ? 'damaged' : 'unreadable', why: (error as Error).message }
  } finally {
    file?.close()
  }
}

/** The version that this program brings its data to. */
export function newestSchema(): number {
  return readMigrations().at(-1)?.version ?? 0
}
