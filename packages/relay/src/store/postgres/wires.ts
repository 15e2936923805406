import type { Session } from './connection/database.ts'
import type { Core } from './core.ts'
import type { Situation } from './situation.ts'
import { fromText } from './text.ts'

const WIRES = `
  select a.row, coalesce(k.wire, b.wire) as wire from waybill_store.account as a
  left join waybill_store.kept_body as k on k.row = a.row
  left join waybill_store.body as b on b.day = a.day and b.row = a.row
  where a.row = any ($1::bigint[])`

/** Bodies of events; of what was delivered there is none, unless bodies are kept. */
export async function readWires(
  { keepBodies }: Core,
  situations: readonly Pick<Situation, 'row' | 'delivered_ms'>[],
  session: Session,
): Promise<Map<number, string>> {
  const rows = situations.filter(({ delivered_ms }) => keepBodies || delivered_ms === null).map(({ row }) => row)
  if (rows.length === 0) return new Map()
  const found = await session.query<{ row: number; wire: string | null }>(WIRES, [rows])
  return new Map(found.flatMap(({ row, wire }) => (wire === null ? [] : [[row, fromText(wire)] as const])))
}
