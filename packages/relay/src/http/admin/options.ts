import type { Contract } from 'waybill'
import type { Operator, PixelConfig } from '../../engine/index.ts'
import type { Outage, PixelSigns, SourceStanding } from '../../observe/index.ts'
import type { Store } from '../../store/index.ts'
import type { PacedReplays } from './paced-replays.ts'
import type { Streams } from './stream/index.ts'

/** What the admin API is made of. */
export interface AdminOptions {
  readonly store: Store
  /** Whatever changes an event or a hold goes through the engine, which has to know of it. */
  readonly operator: Operator
  /** Of a pixel whose last request failed: how many in a row, and since when. */
  readonly outageOf: (pixel: string) => Outage | undefined
  /** What other systems brought since the start, and why some of it came to nothing. */
  readonly sources: () => readonly SourceStanding[]
  readonly signsOf: (pixel: string) => PixelSigns
  readonly pixels: () => readonly PixelConfig[]
  /** Under `contract: 'auto'`: what the pixel's account said it reads; `undefined` until it was asked. */
  readonly readsOf: (pixel: string) => readonly Contract[] | undefined
  readonly clock: { now(): number; isConfirmed(): boolean; readonly skewMs: number }
  readonly replays: PacedReplays
  readonly streams: Streams
  readonly startedMs: number
  /** Milliseconds that only go forward. */
  readonly monotonic: () => number
}
