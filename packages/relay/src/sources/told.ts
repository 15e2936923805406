import { createHash } from 'node:crypto'
import type { Issue } from 'waybill'
import type { Skip, SkipCode } from 'waybill/sources'
import type { NewEvent } from '../store/index.ts'
import type { Origin } from './bring.ts'

/** Skips of which an account is kept: somebody may ask why this order was not sent. */
const TOLD: ReadonlySet<SkipCode> = new Set([
  'test_order',
  'unpaid',
  'cancelled',
  'refunded',
  'renewal',
  'counted_before',
  'opted_out',
])

type Brings = Pick<Origin, 'pixel' | 'source'>

/** What of a call is told, and under which business key. */
export interface Told {
  readonly code: string
  readonly message: string
  readonly ref: string | undefined
}

/** The accounts of what was skipped: each is discarded from the start. */
export function skippedAccounts(skipped: readonly Skip[], origin: Origin, nowMs: number): NewEvent[] {
  return skipped
    .filter(({ code }) => TOLD.has(code))
    .flatMap(({ code, message, ref }) => accountOf(`skipped:${origin.source}`, { code, message, ref }, origin, nowMs))
}

/** The accounts of what stands in conflict with an earlier conversion. */
export function conflictAccounts(conflicts: readonly Told[], origin: Brings, nowMs: number): NewEvent[] {
  return conflicts.flatMap((told) => accountOf(`conflict:${origin.source}`, told, origin, nowMs))
}

/** Under a name of its own, apart from the conversion that it may become yet. */
function accountOf(name: string, { code, message, ref }: Told, { pixel, source }: Brings, nowMs: number): NewEvent[] {
  if (ref === undefined) return []
  const why: Issue = { code, path: '', message, severity: 'error' }
  return [
    {
      pixel,
      name,
      id: ref,
      wire: JSON.stringify({ id: ref, source, code }),
      shape: '',
      timestampMs: nowMs,
      contentHash: createHash('sha256').update(`${code}\n${message}`).digest().subarray(0, 16),
      source,
      issues: [why],
      state: 'discarded',
    },
  ]
}
