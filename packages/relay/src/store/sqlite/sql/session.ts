import type { Session } from '../../session.ts'
import type { Database, Row } from '../database.ts'

export interface SessionStatements {
  readonly put: (session: Session) => void
  readonly get: (digest: string, nowMs: number) => Session | undefined
  readonly list: (kind: Session['kind'], nowMs: number) => Session[]
  readonly drop: (digest: string) => boolean
  readonly dropOf: (who: string) => number
  readonly prune: (nowMs: number) => void
}

export function sessionStatements(database: Database): SessionStatements {
  const put = database.prepare('INSERT OR REPLACE INTO session VALUES (?, ?, ?, ?, ?, ?, ?)')
  const get = database.prepare('SELECT * FROM session WHERE digest = ? AND ends_ms > ?')
  const list = database.prepare('SELECT * FROM session WHERE kind = ? AND ends_ms > ? ORDER BY created_ms DESC')
  const drop = database.prepare('DELETE FROM session WHERE digest = ?')
  const dropOf = database.prepare('DELETE FROM session WHERE who = ?')
  const prune = database.prepare('DELETE FROM session WHERE ends_ms <= ?')
  return {
    put({ digest, kind, who, role, pixels, createdMs, endsMs }) {
      put.run(digest, kind, who, role, pixels === undefined ? null : JSON.stringify(pixels), createdMs, endsMs)
    },
    get(digest, nowMs) {
      const row = get.get(digest, nowMs) as Row | undefined
      return row && sessionOf(row)
    },
    list: (kind, nowMs) => (list.all(kind, nowMs) as Row[]).map(sessionOf),
    drop: (digest) => Number(drop.run(digest).changes) > 0,
    dropOf: (who) => Number(dropOf.run(who).changes),
    prune: (nowMs) => void prune.run(nowMs),
  }
}

function sessionOf({ digest, kind, who, role, pixels, created_ms, ends_ms }: Row): Session {
  return {
    digest: digest as string,
    kind: kind as Session['kind'],
    who: who as string,
    role: role as Session['role'],
    pixels: pixels === null ? undefined : (JSON.parse(pixels as string) as string[]),
    createdMs: created_ms as number,
    endsMs: ends_ms as number,
  }
}
