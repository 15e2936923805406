/** The middle one; of an even number, the lower of the two in the middle. */
export function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor((values.length - 1) / 2)] ?? Number.NaN
}

/** Says a ratio against its floor; gives whether it holds. */
export function sayRatio(what: string, ratio: number, floor: number, about: string): boolean {
  process.stdout.write(`${what}: ${ratio.toFixed(2)} ${about} (floor ${floor})\n`)
  return ratio >= floor
}

export function whole(number: number): string {
  return Math.round(number).toLocaleString('en-US')
}

/** Memory of a relay, with the promised ceiling. */
export function sayPeak(what: string, peakMb: number): boolean {
  process.stdout.write(`${what}: the relay had ${whole(peakMb)} MB resident at most (ceiling 400)\n`)
  return peakMb < 400
}
