/** What the verdict of the page is made from, and the verdict. Times are Unix milliseconds. */

/** Start of a quarter of an hour → events. A step that is missing had none. */
export type Steps = ReadonlyMap<number, number>

/** What one source brought to one pixel, over the stretches that `windowsOf` names. */
export interface Flow {
  readonly pixel: string
  readonly source: string
  /** Those refused at intake included. */
  readonly accepted: Steps
  readonly delivered: Steps
  readonly refused: readonly { readonly code: string; readonly steps: Steps }[]
}

/** How many events of a pixel waited at the last sample of each quarter of the range. */
export interface WaitingSeries {
  readonly pixel: string
  readonly steps: Steps
}

export interface Money {
  readonly currency: string
  /** Minor units. */
  readonly amount: number
}

/** A hold with what waits under it. */
export interface Holding {
  readonly pixel: string
  /** `null`: the whole pixel. */
  readonly shape: string | null
  readonly code: string
  readonly sinceMs: number
  readonly events: number
  readonly money: readonly Money[]
  /** When the first of them expires. */
  readonly lostFromMs: number | null
}

/** A pixel whose requests fail in a row. */
export interface FailingPixel {
  readonly pixel: string
  readonly sinceMs: number
  readonly code: string
  /** That wait. */
  readonly events: number
}

/** A change somebody may remember: a release, a restart, a new key. */
export interface Mark {
  readonly atMs: number
  readonly text: string
  /** `null`: of all pixels. */
  readonly pixel: string | null
}

export interface Facts<AnyMark extends Mark = Mark> {
  readonly nowMs: number
  readonly fromMs: number
  readonly untilMs: number
  /** As in `Europe/Berlin`. */
  readonly timeZone: string
  /** `null`: all. */
  readonly pixel: string | null
  /** Of all pixels, also where one is asked about: what the others do tells a holiday from a drop. */
  readonly flows: readonly Flow[]
  readonly waiting: readonly WaitingSeries[]
  readonly holds: readonly Holding[]
  readonly failing: readonly FailingPixel[]
  /** Since when nobody knows what time it is. */
  readonly clockDoubtSinceMs: number | null
  readonly marks: readonly AnyMark[]
  readonly unaccounted: number
  /** When the first of what waits expires. */
  readonly lostFromMs: number | null
}

export type CauseKind = 'fewer_came' | 'more_refused' | 'waiting' | 'delivered_reported_later' | 'no_events_yet'
export type WaitingFor = 'held' | 'shape_held' | 'outage' | 'rate' | 'clock'

/** One thing that explains figures of the range. */
export interface Cause<AnyMark extends Mark = Mark> {
  readonly kind: CauseKind
  readonly sinceMs: number
  /** Where it is over: until when; otherwise the end of the range. */
  readonly untilMs: number
  /** `null`: not one alone. */
  readonly pixel: string | null
  readonly source: string | null
  readonly code: string | null
  /** Missing, refused, waiting, or delivered late. */
  readonly events: number
  /** Of `fewer_came`: how many were expected. */
  readonly expected: number | null
  /** Of `fewer_came`: by how much it fell. Of `more_refused`: the part that comes from the source. */
  readonly percent: number | null
  readonly why: WaitingFor | null
  /** The change shortly before. */
  readonly mark: AnyMark | null
  readonly money: readonly Money[]
  readonly lostFromMs: number | null
}

export type Level = 'green' | 'amber' | 'red'

export interface Verdict<AnyMark extends Mark = Mark> {
  readonly level: Level
  /** What weighs most comes first; none where all is well. */
  readonly causes: readonly Cause<AnyMark>[]
  /** Whether there are three weeks to compare with. */
  readonly enoughDays: boolean
  readonly lostFromMs: number | null
}
