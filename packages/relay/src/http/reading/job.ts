import type { Arrival } from '../../engine/index.ts'

/** What the events of a body are judged by. */
export type Rules = Pick<
  Arrival,
  'pixel' | 'contract' | 'invalidIdentity' | 'source' | 'leastTimeLeftMs' | 'maxEventBytes' | 'isTimeInDoubt'
>

/** A request's body that is to become events. Everything in it can be copied to another thread. */
export interface ReadingJob extends Rules {
  /** JSON, not compressed. */
  readonly bytes: Uint8Array
}
