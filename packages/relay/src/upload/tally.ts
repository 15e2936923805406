import type { Issue } from 'waybill'

/** What became of a run, counted in events; `rows` counts the file's records. */
export interface Report {
  rows: number
  total: number
  delivered: number
  refused: number
  failed: number
  duplicates: number
  requests: number
  /** Code → events that were refused or failed for it. An event with two faults counts under both. */
  byCode: Record<string, number>
  /** Present when the API only validated. */
  validated?: number
  /** Present when a relay took events over. */
  queued?: number
}

export type Fate = 'delivered' | 'validated' | 'queued' | 'refused' | 'failed' | 'duplicates'

/** A reason with an example of where it stands, for people. */
export interface Sample {
  readonly code: string
  readonly count: number
  readonly message: string
  readonly hint: string | undefined
  /** The first lines it was seen on, with the file where there are several. */
  readonly places: readonly string[]
}

const MAX_PLACES = 5

/** Counts fates, codes and warnings of a run, in memory that does not grow with the file. */
export class Tally {
  readonly report: Report = {
    rows: 0,
    total: 0,
    delivered: 0,
    refused: 0,
    failed: 0,
    duplicates: 0,
    requests: 0,
    byCode: {},
  }
  readonly #faults = new Map<string, { count: number; issue: Issue; places: string[] }>()
  readonly #warnings = new Map<string, { count: number; issue: Issue; places: string[] }>()

  count(fate: Fate, issues: readonly Issue[] = [], place: string = ''): void {
    this.report.total += 1
    this.report[fate] = (this.report[fate] ?? 0) + 1
    const told = new Set<string>()
    for (const issue of issues) {
      if (told.has(issue.code)) continue
      told.add(issue.code)
      if (issue.severity === 'warning') note(this.#warnings, issue, place)
      else this.#countFault(issue, place)
    }
  }

  #countFault(issue: Issue, place: string): void {
    this.report.byCode[issue.code] = (this.report.byCode[issue.code] ?? 0) + 1
    note(this.#faults, issue, place)
  }

  faults(): Sample[] {
    return samples(this.#faults)
  }

  warnings(): Sample[] {
    return samples(this.#warnings)
  }
}

function note(
  notes: Map<string, { count: number; issue: Issue; places: string[] }>,
  issue: Issue,
  place: string,
): void {
  const noted = notes.get(issue.code) ?? { count: 0, issue, places: [] }
  noted.count += 1
  if (noted.places.length < MAX_PLACES && place !== '') noted.places.push(place)
  notes.set(issue.code, noted)
}

function samples(notes: ReadonlyMap<string, { count: number; issue: Issue; places: string[] }>): Sample[] {
  return [...notes.values()]
    .map(({ count, issue, places }) => ({ code: issue.code, count, message: issue.message, hint: issue.hint, places }))
    .sort((left, right) => right.count - left.count)
}
