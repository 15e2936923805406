import { changesOf, STATE_KEY } from '../../changed-state.ts'
import type { Mark, NewMark } from '../../mark.ts'
import type { Core } from '../core.ts'

/** Inside a transaction: notes what differs from what was noted last. */
export function noteState({ statements }: Core, state: Readonly<Record<string, string>>, nowMs: number): Mark[] {
  const before = statements.meta.get(STATE_KEY)
  statements.meta.set(STATE_KEY, JSON.stringify(state))
  if (before === undefined) return []
  const changes = changesOf(JSON.parse(before) as Record<string, string>, state)
  return changes.map((text) => statements.mark.insert({ atMs: nowMs, by: 'waybill', text }))
}

const MAX_TEXT = 200

export function addMark({ statements }: Core, mark: NewMark): Mark {
  return statements.mark.insert({ ...mark, text: mark.text.slice(0, MAX_TEXT) })
}
