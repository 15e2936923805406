import type { EventOrigin } from '../../origin.ts'
import type { Database, Row } from '../database.ts'

export interface OriginStatements {
  /** `undefined` takes away what there was. */
  readonly put: (row: number, origin: EventOrigin | undefined) => void
  readonly get: (row: number) => EventOrigin | undefined
}

export function originStatements(database: Database): OriginStatements {
  const put = database.prepare('INSERT OR REPLACE INTO origin (row, value) VALUES (?, ?)')
  const drop = database.prepare('DELETE FROM origin WHERE row = ?')
  const get = database.prepare('SELECT value FROM origin WHERE row = ?')
  return {
    put: (row, origin) => void (origin === undefined ? drop.run(row) : put.run(row, JSON.stringify(origin))),
    get(row) {
      const found = get.get(row) as Row | undefined
      return found && (JSON.parse(String(found['value'])) as EventOrigin)
    },
  }
}
