import type { FriendlyData } from '../contract/friendly-data.ts'
import type { LooseEvent } from '../contract/loose-event.ts'
import { type DataShape, shapeOf } from '../contract/names.ts'

/** An event that may still lack what `check` demands. What its call says and it cannot is named in `unsent`, for `settled` to tell. */
export type Draft = { [Key in keyof LooseEvent]?: LooseEvent[Key] | undefined } & {
  readonly unsent?: readonly string[] | undefined
}

/** What a source may find and a shape has no place for (specification, section 4). */
const FOREIGN: Readonly<Record<DataShape, readonly (keyof FriendlyData)[]>> = {
  contents: ['planId'],
  customer_action: ['contents', 'planId'],
  plan_enrollment: [],
  custom: [],
}

/** The draft with the data that an event of this type can have: a lead with items is a lead. */
export function fitting(draft: Draft, type: unknown): Draft & { readonly data: FriendlyData } {
  const shape = shapeOf(type)
  const foreign: ReadonlySet<unknown> = new Set(shape === undefined ? [] : FOREIGN[shape])
  const entries = Object.entries(draft.data ?? {})
  const lost = entries.filter(([key, value]) => foreign.has(key) && value !== undefined)
  return {
    ...draft,
    data: Object.fromEntries(entries.filter(([key]) => !foreign.has(key))),
    unsent: [...(draft.unsent ?? []), ...lost.map(([key]) => `data.${key}`)],
  }
}
