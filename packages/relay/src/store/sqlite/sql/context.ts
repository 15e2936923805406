import type { ContextKey } from '../../context-key.ts'
import type { Database, Row } from '../database.ts'

export interface ContextStatements {
  readonly put: (pixel: number, key: ContextKey, value: string, atMs: number) => void
  /** Of these keys (a JSON list), those that are kept. */
  readonly get: (pixel: number, keys: string) => { readonly key: ContextKey; readonly value: string }[]
  readonly drop: (pixel: number, key: ContextKey) => boolean
  readonly prune: (putBeforeMs: number, limit: number) => number
}

export function contextStatements(database: Database): ContextStatements {
  const put = database.prepare('INSERT OR REPLACE INTO context (pixel, key, value, at_ms) VALUES (?, ?, ?, ?)')
  const get = database.prepare(
    'SELECT context.key, context.value FROM json_each(?2) AS wanted JOIN context ON pixel = ?1 AND context.key = wanted.value',
  )
  const drop = database.prepare('DELETE FROM context WHERE pixel = ? AND key = ?')
  const prune = database.prepare(
    'DELETE FROM context WHERE (pixel, key) IN (SELECT pixel, key FROM context WHERE at_ms < ? LIMIT ?)',
  )
  return {
    put: (...values) => void put.run(...values),
    get: (pixel, keys) => get.all(pixel, keys) as { key: ContextKey; value: string }[],
    drop: (pixel, key) => Number(drop.run(pixel, key).changes) > 0,
    prune: (putBeforeMs, limit) => Number(prune.run(putBeforeMs, limit).changes),
  }
}

export interface LinkStatements {
  /** `keys`: a JSON list. */
  readonly put: (row: number, keys: string) => void
  readonly drop: (row: number) => void
  /** Of these rows (a JSON list), those that have one. */
  readonly get: (rows: string) => ReadonlyMap<number, string>
  readonly isEmpty: () => boolean
  /** Events are found by each of their keys. */
  readonly putKey: (key: ContextKey, row: number) => void
  readonly dropKey: (key: ContextKey, row: number) => void
}

export function linkStatements(database: Database): LinkStatements {
  const put = database.prepare('INSERT OR REPLACE INTO link (row, keys) VALUES (?, ?)')
  const get = database.prepare('SELECT row, keys FROM link WHERE row IN (SELECT value FROM json_each(?))')
  const drop = database.prepare('DELETE FROM link WHERE row = ?')
  const putKey = database.prepare('INSERT OR IGNORE INTO order_key (key, row) VALUES (?, ?)')
  const dropKey = database.prepare('DELETE FROM order_key WHERE key = ? AND row = ?')
  const any = database.prepare('SELECT 1 AS found FROM link LIMIT 1')
  return {
    put: (row, keys) => void put.run(row, keys),
    drop: (row) => void drop.run(row),
    get: (rows) => new Map((get.all(rows) as Row[]).map(({ row, keys }) => [Number(row), String(keys)])),
    isEmpty: () => any.get() === undefined,
    putKey: (key, row) => void putKey.run(key, row),
    dropKey: (key, row) => void dropKey.run(key, row),
  }
}
