/** Buckets in each doubling of the time. */
const PER_OCTAVE = 8

/** The bucket of a time span: 0 for what is below a millisecond. */
export function bucketOf(spanMs: number): number {
  return spanMs < 1 ? 0 : Math.floor(Math.log2(spanMs) * PER_OCTAVE) + 1
}

/** All spans of a bucket lie below this, milliseconds. */
export function belowMs(bucket: number): number {
  return 2 ** (bucket / PER_OCTAVE)
}
