import { bucketOf } from './bucket.ts'
import { minuteAt, quarterOf } from './edges.ts'

/** So many events of one bucket of a histogram; pixel 0 is all pixels together. */
export type LatencyRow = [quarter: number, kind: number, pixel: number, bucket: number, events: number]

interface Histogram {
  readonly quarter: number
  readonly kind: number
  readonly pixel: number
  /** Events by bucket. */
  readonly buckets: Map<number, number>
}

const ALL_PIXELS = 0

/**
 * How long after their own time the events of a transaction were accepted or delivered: a histogram for each quarter of an hour, kind and
 * pixel. It is told of each event, so that neighbours, which mostly share theirs, cost no search by a text.
 */
export class Latencies {
  readonly #histograms: Map<string, Histogram> = new Map()
  #last: Histogram | undefined

  add(kind: number, pixel: number, atMs: number, tookMs: number, events: number = 1): void {
    count(this.#histogramOf(quarterOf(minuteAt(atMs)), kind, pixel), bucketOf(tookMs), events)
  }

  /** Each pixel's own, and those of all pixels together. */
  rows(): LatencyRow[] {
    const whole = new Latencies()
    for (const { quarter, kind, buckets } of this.#histograms.values())
      for (const [bucket, events] of buckets) count(whole.#histogramOf(quarter, kind, ALL_PIXELS), bucket, events)
    return [...this.#ownRows(), ...whole.#ownRows()]
  }

  clear(): void {
    this.#histograms.clear()
    this.#last = undefined
  }

  #ownRows(): LatencyRow[] {
    return [...this.#histograms.values()].flatMap(({ quarter, kind, pixel, buckets }) =>
      [...buckets].map(([bucket, events]): LatencyRow => [quarter, kind, pixel, bucket, events]),
    )
  }

  #histogramOf(quarter: number, kind: number, pixel: number): Histogram {
    const last = this.#last
    if (last?.quarter === quarter && last.kind === kind && last.pixel === pixel) return last
    const key = `${quarter} ${kind} ${pixel}`
    const found = this.#histograms.get(key) ?? { quarter, kind, pixel, buckets: new Map() }
    this.#histograms.set(key, found)
    this.#last = found
    return found
  }
}

function count({ buckets }: Histogram, bucket: number, events: number): void {
  buckets.set(bucket, (buckets.get(bucket) ?? 0) + events)
}
