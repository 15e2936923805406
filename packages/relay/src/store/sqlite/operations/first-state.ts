import type { NewEvent } from '../../event.ts'
import { refusalReason } from '../../refusal.ts'
import { DISCARDED, READY, REFUSED, WAITING } from '../../state.ts'

/** The state that an event begins in, and why where it ends there. */
export function firstState(
  { state, issues, dueMs = 0 }: Pick<NewEvent, 'state' | 'issues' | 'dueMs'>,
  nowMs: number,
): { readonly state: number; readonly reason: ReturnType<typeof refusalReason> | undefined } {
  if (state === 'refused') return { state: REFUSED, reason: refusalReason(issues) }
  if (state === 'discarded') return { state: DISCARDED, reason: refusalReason(issues) }
  return { state: dueMs > nowMs ? WAITING : READY, reason: undefined }
}
