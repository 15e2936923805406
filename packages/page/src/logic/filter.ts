import type { EventState, Selection } from '../api/shapes.ts'
import { timeOf } from './range.ts'

/** What a list of events is narrowed by, as the URL holds it. */
export interface EventFilter {
  readonly state?: EventState
  readonly name?: string
  readonly source?: string
  readonly code?: string
  readonly shape?: string
  readonly id?: string
  readonly order?: string
  readonly suspect?: string
}

export const FILTER_KEYS = ['state', 'name', 'source', 'code', 'shape', 'id', 'order'] as const
export type FilterKey = (typeof FILTER_KEYS)[number]

/** What can be sent again, fixed or discarded. */
export type EndedState = 'refused' | 'expired' | 'discarded'

/** The parts that an act on all that match takes. */
export function selectionOf(
  { state, name, source, code, shape }: EventFilter & { readonly state: EndedState },
  scope: { readonly pixel?: string | undefined; readonly from?: string; readonly until?: string },
): Selection {
  const parts = { name, source, code, shape, pixel: scope.pixel, since: timeOf(scope.from), until: timeOf(scope.until) }
  return { state, ...(Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as object) }
}
