import { type Difference, differenceOf } from './difference.ts'
import type { Spelling } from './fold-id.ts'
import { isPairClass, type LoneClass, type PairClass, type RowClass } from './row-class.ts'
import type { ShownRow } from './shown.ts'
import { shownRow } from './shown.ts'
import type { Side, Sighting } from './sighting.ts'
import type { StoredSighting } from './sighting-store.ts'

/** A class of rows, or `value_differs`: matched pairs whose values contradict each other, which only warns. */
export type FindingName = RowClass | 'value_differs'

/** An example, with all that is known of it. */
export interface FindingSample extends Difference {
  readonly pixel?: ShownRow
  readonly server?: ShownRow
  /** The row that this one repeats, or that has its id under another name; of the same side. */
  readonly other?: ShownRow
  /** Why the row was not compared. */
  readonly reason?: string
}

/** Rows of each side, pairs, and examples of one class. */
export interface Finding {
  readonly rows: Record<Side, number>
  pairs: number
  readonly spellings: Partial<Record<Spelling, number>>
  /** At most five of each side. */
  readonly samples: Record<Side, FindingSample[]>
}

const MAX_SAMPLES = 5

/** Counts as rows are settled, and keeps the first examples. */
export class Findings {
  readonly #findings = new Map<FindingName, Finding>()

  get(name: FindingName): Finding | undefined {
    return this.#findings.get(name)
  }

  settled(rowClass: PairClass | LoneClass, one: StoredSighting, other: StoredSighting | undefined): void {
    if (other !== undefined && isPairClass(rowClass)) this.#addPair(rowClass, one, other)
    else
      this.#addLone(rowClass, one.side, () => ({ [one.side]: shownRow(one), ...(other && { other: shownRow(other) }) }))
  }

  uncompared(rowClass: RowClass, side: Side, line: number, reason: string): void {
    this.#addLone(rowClass, side, () => ({ [side]: { line }, reason }))
  }

  #addPair(pairClass: PairClass, pixel: StoredSighting, server: StoredSighting): void {
    const difference = differenceOf(pairClass, pixel, server)
    this.#countPair(pairClass, pixel, server, difference)
    if (difference.value !== undefined) this.#countPair('value_differs', pixel, server, difference)
  }

  #countPair(
    name: FindingName,
    pixel: Sighting & StoredSighting,
    server: StoredSighting,
    difference: Difference,
  ): void {
    const finding = this.#of(name)
    finding.pairs += 1
    finding.rows.pixel += 1
    finding.rows.server += 1
    for (const spelling of difference.spelling ?? [])
      finding.spellings[spelling] = (finding.spellings[spelling] ?? 0) + 1
    if (finding.samples.pixel.length >= MAX_SAMPLES) return
    finding.samples.pixel.push({ pixel: shownRow(pixel), server: shownRow(server), ...difference })
  }

  #addLone(rowClass: RowClass, side: Side, sample: () => FindingSample): void {
    const { rows, samples } = this.#of(rowClass)
    rows[side] += 1
    if (samples[side].length < MAX_SAMPLES) samples[side].push(sample())
  }

  #of(name: FindingName): Finding {
    const known = this.#findings.get(name)
    if (known !== undefined) return known
    const made: Finding = { rows: { pixel: 0, server: 0 }, pairs: 0, spellings: {}, samples: { pixel: [], server: [] } }
    this.#findings.set(name, made)
    return made
  }
}

/** Five examples at most, of both sides where there are any. */
export function chosenSamples({ samples }: Finding): FindingSample[] {
  const { pixel, server } = samples
  const ofServer = Math.min(server.length, Math.max(MAX_SAMPLES - pixel.length, Math.floor(MAX_SAMPLES / 2)))
  return [...pixel.slice(0, MAX_SAMPLES - ofServer), ...server.slice(0, ofServer)]
}
