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
  /** Of the duplicates, those that an earlier run delivered. Present when there are any. */
  deliveredBefore?: number
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
/** Reasons told apart by code and path; beyond them by code alone, since a hostile file can have any number of paths. */
const MAX_REASONS = 50

/** Counts fates, codes and warnings of a run, in memory that does not grow with the file. */
export class Tally {
  /** Events read so far; those that are not in the report's total are on their way. */
  taken = 0
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
  readonly #faults: Notes = new Map()
  readonly #warnings: Notes = new Map()

  count(fate: Fate, issues: readonly Issue[] = [], place: string = ''): void {
    this.report.total += 1
    this.report[fate] = (this.report[fate] ?? 0) + 1
    if (issues.length > 0) this.#note(issues, place)
  }

  faults(): Sample[] {
    return samples(this.#faults)
  }

  warnings(): Sample[] {
    return samples(this.#warnings)
  }

  #note(issues: readonly Issue[], place: string): void {
    const { byCode } = this.report
    const said = new Set<string>()
    for (const issue of issues) {
      const isWarning = issue.severity === 'warning'
      if (!isWarning && !said.has(issue.code)) byCode[issue.code] = (byCode[issue.code] ?? 0) + 1
      said.add(issue.code)
      // Two rows of one event can have the same fault; it is one event all the same.
      const exact = `${issue.code} ${issue.path}`
      if (said.has(exact)) continue
      said.add(exact)
      note(isWarning ? this.#warnings : this.#faults, issue, place)
    }
  }
}

type Notes = Map<string, { count: number; issue: Issue; places: string[] }>

function note(notes: Notes, issue: Issue, place: string): void {
  const exact = `${issue.code} ${issue.path}`
  const key = notes.has(exact) || notes.size < MAX_REASONS ? exact : issue.code
  const noted = notes.get(key) ?? { count: 0, issue, places: [] }
  noted.count += 1
  if (noted.places.length < MAX_PLACES && place !== '') noted.places.push(place)
  notes.set(key, noted)
}

function samples(notes: Notes): Sample[] {
  return [...notes.values()]
    .map(({ count, issue, places }) => ({ code: issue.code, count, message: issue.message, hint: issue.hint, places }))
    .sort((left, right) => right.count - left.count)
}
