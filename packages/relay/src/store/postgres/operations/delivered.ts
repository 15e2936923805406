import type { RequestRecord } from '../../request.ts'
import type { SettleCall } from '../../settlement.ts'
import { DELIVERED } from '../../state.ts'
import type { Changes, Facts } from '../changes.ts'

/** What a settlement is written under, so that a try whose answer was lost is known again. */
export interface Numbered {
  readonly call: SettleCall
  /** Of the request, and of each delivery. */
  readonly requestSeq: number
  readonly seqs: readonly number[]
}

/** Whether it counts as an attempt of what it carried. */
export function isAttempt(request: RequestRecord | undefined): boolean {
  return request !== undefined && !request.validateOnly
}

export function countDelivered(changes: Changes, facts: Facts, nowMs: number, code: number): void {
  changes.leave(facts)
  changes.end(facts, { state: 'delivered', atMs: nowMs, code })
  changes.took(DELIVERED, facts, nowMs)
}
