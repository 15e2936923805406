import type { EventState } from '../event.ts'
import type { Core } from './core.ts'
import { endState } from './state.ts'

export interface SeenState {
  readonly state: EventState
  readonly code: string | undefined
  readonly message: string | undefined
}

interface StateColumns {
  readonly row: number
  readonly pixel: number
  readonly shape: number
  readonly state: number
  readonly code: string | null
  readonly message: string | null
}

/** The state of a row as the port tells it: leases and holds come on top of what the row says. */
export function seenState({ leases, holds }: Core, event: StateColumns): SeenState {
  const { code, message } = event
  const asKept = { code: code ?? undefined, message: message ?? undefined }
  const end = endState(event.state)
  if (end !== undefined) return { state: end, ...asKept }
  if (leases.has(event.row)) return { state: 'sending', ...asKept }
  const hold = holds.covering(event.pixel, event.shape)
  if (hold !== undefined) return { state: 'held', code: hold.code, message: hold.message }
  return { state: 'queued', ...asKept }
}
