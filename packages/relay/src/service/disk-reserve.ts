import { statfsSync } from 'node:fs'
import { type Store, StoreFullError } from '../store/index.ts'

/** Room for the log at its full length twice over: what is needed to write down deliveries while nothing more is taken. */
const RESERVE_BYTES = 64 * 1024 * 1024
/** Of a disk so small that the reserve would be most of it. */
const LARGEST_SHARE = 0.5
/** So few that wait can go through the room that delivered ones left in the file. */
const FEW_EVENTS = 1_000
const FRESH_MS = 100

export interface Disk {
  readonly freeBytes: number
  readonly totalBytes: number
}

export interface DiskReserveOptions {
  /** `undefined` where nobody can say. */
  readonly look: () => Disk | undefined
  /** Milliseconds that only go forward. */
  readonly monotonic?: () => number
}

/**
 * Takes nothing new while the disk is nearly full and events wait. On a disk that is full to the last page nothing can be written down,
 * deliveries included, and so nothing would ever become less.
 */
export function keepReserve(store: Store, { look, monotonic = () => performance.now() }: DiskReserveOptions): Store {
  let isLow = false
  let lookedAtMs = Number.NEGATIVE_INFINITY
  const hasRoom = (): boolean => {
    const nowMs = monotonic()
    if (nowMs - lookedAtMs >= FRESH_MS) {
      isLow = isNearlyFull(look())
      lookedAtMs = nowMs
    }
    return !isLow
  }
  const unlessMuchWaits = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    const { queued, sending } = await store.counts()
    if (queued + sending >= FEW_EVENTS) throw new StoreFullError('The disk is nearly full.', ROOM)
    return call()
  }
  const guarded =
    <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    (...args: Args): Promise<Result> =>
      hasRoom() ? call(...args) : unlessMuchWaits(() => call(...args))
  return { ...store, accept: guarded(store.accept), putContext: guarded(store.putContext) }
}

/** The disk that a folder lies on. */
export function diskOf(folder: string): () => Disk | undefined {
  return () => {
    try {
      const { bavail, blocks, bsize } = statfsSync(folder)
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
    } catch {
      return undefined
    }
  }
}

function isNearlyFull(disk: Disk | undefined): boolean {
  return disk !== undefined && disk.freeBytes < Math.min(RESERVE_BYTES, disk.totalBytes * LARGEST_SHARE)
}

const ROOM = { hint: 'Make room on the disk of the data folder: the rest of it is kept for writing down deliveries.' }
