import type { EventState } from '../event.ts'
import type { Hold } from '../hold.ts'
import { endState } from '../state.ts'

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

/** What comes on top of what a row says. Terms stand for pixel and shape. */
export interface Standing {
  isLeased(row: number): boolean
  /** The hold that covers a shape of a pixel. */
  hold(pixel: number, shape: number): Hold | undefined
}

/** The state of a row as the port tells it. */
export function seenState(standing: Standing, event: StateColumns): SeenState {
  const { code, message } = event
  const asKept = { code: code ?? undefined, message: message ?? undefined }
  const end = endState(event.state)
  if (end !== undefined) return { state: end, ...asKept }
  if (standing.isLeased(event.row)) return { state: 'sending', ...asKept }
  const hold = standing.hold(event.pixel, event.shape)
  if (hold !== undefined) return { state: 'held', code: hold.code, message: hold.message }
  return { state: 'queued', ...asKept }
}
