import type { FriendlyData } from '../contract/friendly-data.ts'
import type { LooseEvent } from '../contract/loose-event.ts'
import { type DataShape, shapeOf } from '../contract/names.ts'

/** An event that may still lack what `check` demands. */
export type Draft = { [Key in keyof LooseEvent]?: LooseEvent[Key] | undefined }

/** What a source may find and a shape has no place for (specification, section 4). */
const FOREIGN: Readonly<Record<DataShape, readonly (keyof FriendlyData)[]>> = {
  contents: ['planId'],
  customer_action: ['contents', 'planId'],
  plan_enrollment: [],
  custom: [],
}

/** The data that an event of this type can have: a lead with items is a lead. */
export function fitting(data: Draft['data'], type: unknown): FriendlyData {
  const shape = shapeOf(type)
  const foreign = shape === undefined ? [] : FOREIGN[shape]
  return Object.fromEntries(Object.entries(data ?? {}).filter(([key]) => !foreign.includes(key)))
}
