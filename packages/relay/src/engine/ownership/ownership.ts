/** What this relay may do now. Where one process has all of the data, it may do everything, always. */
export interface Ownership {
  /** A pixel or a chore is this relay's. */
  has(what: string): boolean
  /** Whether a request of the pixel may begin at this moment. */
  mayBegin(pixel: string): boolean
  /** A signal that aborts with the given one, and before another relay may have what this one has. */
  bounded(signal: AbortSignal): AbortSignal
  /** Something was learned of a pixel that must outlive this relay. */
  learned(pixel: string): void
}

export const SOLE: Ownership = {
  has: () => true,
  mayBegin: () => true,
  bounded: (signal) => signal,
  learned: () => {},
}

/** Of a relay that only takes events. */
export const NOTHING: Ownership = { ...SOLE, has: () => false, mayBegin: () => false }
