import type { ContractSetting } from 'waybill'
import { namesIn } from 'waybill/sources'
import type { KnownExport } from './exports/index.ts'
import { slotOf } from './field.ts'
import { NEWER } from './guess.ts'
import { type Mapping, type MappingEntry, parseMapping } from './mapping.ts'

/** The map of a known export under the one that a person gave: what the person says goes first, and columns that are not there are passed over. */
export function joinedMapping(
  own: Mapping | undefined,
  known: KnownExport | undefined,
  columns: readonly string[],
  contract: ContractSetting,
): Mapping | undefined {
  if (known === undefined) return own
  const shipped = present(parseMapping(known.map), columns, contract)
  if (own === undefined) return shipped
  const said = new Set(own.entries.map(({ field }) => slotOf(field)))
  return {
    ...shipped,
    ...own,
    entries: [...own.entries, ...shipped.entries.filter(({ field }) => !said.has(slotOf(field)))],
    values: new Map([...[...shipped.values].filter(([slot]) => !said.has(slot)), ...own.values]),
    where: own.where.length > 0 ? own.where : shipped.where,
    ignore: [...new Set([...own.ignore, ...shipped.ignore])],
    groupBy: own.groupBy.length > 0 ? own.groupBy : shipped.groupBy,
  }
}

function present(mapping: Mapping, columns: readonly string[], contract: ContractSetting): Mapping {
  const lower = new Set(columns.map((column) => column.trim().toLowerCase()))
  const isThere = (name: string): boolean => lower.has(name.trim().toLowerCase())
  const isUsable = (entry: MappingEntry): boolean => {
    if (contract === '2026-06' && NEWER.has(entry.field.key)) return false
    if (entry.kind === 'sum') return isThere(entry.column)
    if (entry.kind !== 'text') return true
    const inBraces = namesIn(entry.text)
    return isThere(entry.text) || (inBraces.length > 0 && inBraces.every(isThere))
  }
  return {
    ...mapping,
    entries: mapping.entries.filter(isUsable),
    where: mapping.where.filter(({ column }) => isThere(column)),
    ignore: mapping.ignore.filter(isThere),
    groupBy: mapping.groupBy.filter(isThere),
  }
}
