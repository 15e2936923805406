import type { Suspicion } from '../../suspicion.ts'
import type { Core } from '../core.ts'

interface Apart {
  readonly row: number
  readonly pixel: number
  readonly shape: number
}

/** Inside a transaction: notes the suspicion of a run of neighbouring events, whose rows say already that they are apart. */
export function putApart(core: Core, first: number, last: number, suspicion: Suspicion, dueMs: number): void {
  core.statements.suspicions.put(first, last, suspicion, dueMs)
}

/** Inside a transaction: an event goes back to the queue, or ends. */
export function leaveApart(core: Core, event: Apart): void {
  core.statements.suspicions.drop(event.row)
  apartChanged(core, event)
}

/** Events apart of this shape came, left, were leased or given back. */
export function apartChanged({ apart, undo }: Core, { pixel, shape }: Omit<Apart, 'row'>): void {
  apart.changed(pixel, shape)
  undo.add(() => apart.changed(pixel, shape))
}
