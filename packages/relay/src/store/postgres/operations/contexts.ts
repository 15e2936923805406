import type { Contexts } from '../../context.ts'
import type { ContextKey } from '../../context-key.ts'
import type { Core } from '../core.ts'
import { fromText, toText } from '../text.ts'

export const PUT_CONTEXT = `
  insert into waybill_store.context (pixel, key, at_ms, value) values ($1, $2, $3, $4)
  on conflict (pixel, key) do update set at_ms = excluded.at_ms, value = excluded.value`
const GET = 'select key, value from waybill_store.context where pixel = $1 and key = any ($2::text[])'
const DROP = 'delete from waybill_store.context where pixel = $1 and key = $2 returning key'
const PRUNE = `
  delete from waybill_store.context where (pixel, key) in (
    select pixel, key from waybill_store.context where at_ms < $1 order by at_ms limit $2)
  returning key`

export function contextCalls({ database, terms }: Core): Contexts {
  return {
    async putContext(pixel, key, value, nowMs) {
      await terms.keep([pixel])
      await database.query(PUT_CONTEXT, [terms.number(pixel), key, nowMs, toText(value)])
    },
    async getContexts(pixel, keys) {
      await terms.find([pixel])
      const rows = await database.read<{ key: ContextKey; value: string }>(GET, [terms.found(pixel), keys])
      return new Map(rows.map(({ key, value }) => [key, fromText(value)]))
    },
    async dropContext(pixel, key) {
      await terms.find([pixel])
      return (await database.query(DROP, [terms.found(pixel), key])).length > 0
    },
    pruneContexts: async ({ putBeforeMs, limit }) => (await database.query(PRUNE, [putBeforeMs, limit])).length,
  }
}
