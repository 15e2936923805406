import type { Mark, NewMark } from '../../mark.ts'
import type { Database, Row } from '../database.ts'

export interface MarkStatements {
  readonly insert: (mark: NewMark) => Mark
  readonly drop: (seq: number) => boolean
}

export function markStatements(database: Database): MarkStatements {
  const insert = database.prepare('INSERT INTO mark (at_ms, by, text, pixel) VALUES (?, ?, ?, ?) RETURNING seq')
  const drop = database.prepare('DELETE FROM mark WHERE seq = ?')
  return {
    insert(mark) {
      const { atMs, by, text, pixel } = mark
      return { ...mark, seq: Number((insert.get(atMs, by, text, pixel ?? null) as Row)['seq']) }
    },
    drop: (seq) => Number(drop.run(seq).changes) > 0,
  }
}
