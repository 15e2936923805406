import type { Arrival } from '../../engine/index.ts'

/** A request's body that is to become events, with all that they are judged by. Everything in it can be copied to another thread. */
export interface ReadingJob extends Pick<Arrival, 'pixel' | 'contract' | 'source' | 'maxEventBytes'> {
  /** JSON, not compressed. */
  readonly bytes: Uint8Array
  /** Unix milliseconds. */
  readonly nowMs: number
}
