import type { ContextKey } from '../../context-key.ts'
import type { Core } from '../core.ts'

/** Inside a transaction. */
export function putContext(
  { statements, terms }: Core,
  pixel: string,
  key: ContextKey,
  value: string,
  nowMs: number,
): void {
  statements.context.put(terms.of(pixel), key, value, nowMs)
}

export function getContexts(
  { statements, terms }: Core,
  pixel: string,
  keys: readonly ContextKey[],
): ReadonlyMap<ContextKey, string> {
  const term = terms.find(pixel)
  const found = term === undefined ? [] : statements.context.get(term, JSON.stringify(keys))
  return new Map(found.map(({ key, value }) => [key, value]))
}

/** Inside a transaction. */
export function dropContext({ statements, terms }: Core, pixel: string, key: ContextKey): boolean {
  const term = terms.find(pixel)
  return term !== undefined && statements.context.drop(term, key)
}

/** Inside a transaction: what an event is sent with, in place of another. Where no event has any, leases need not ask. */
export function linkContexts(core: Core, row: number, keys: readonly ContextKey[] | undefined): void {
  if (keys === undefined && !core.hasLinks) return
  unlinkKeys(core, row)
  if (keys === undefined) return core.statements.link.drop(row)
  core.statements.link.put(row, JSON.stringify(keys))
  for (const key of keys) core.statements.link.putKey(key, row)
  core.hasLinks = true
}

/** Inside a transaction: the event is not found by its keys any more. */
export function unlinkKeys({ statements }: Core, row: number): void {
  const keys = statements.link.get(JSON.stringify([row])).get(row)
  if (keys === undefined) return
  for (const key of JSON.parse(keys) as ContextKey[]) statements.link.dropKey(key, row)
}
