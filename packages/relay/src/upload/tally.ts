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
  /** Rows that are no conversion, by the map or as part of the sheet. Present when there are any. */
  leftOut?: number
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
/** Reasons told apart by code, path and message; beyond them by code alone, since a hostile file can have any number of paths. */
const MAX_REASONS = 50
/** Messages told apart of one code and path: an API may put into its own whatever it likes. */
const MAX_MESSAGES = 8
/** What differs from row to row in one message, such as an age. */
const NUMBERS = /\d+(?:\.\d+)?/g

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
  readonly #faults = new Notes()
  readonly #warnings = new Notes()

  count(fate: Fate, issues: readonly Issue[] = [], place: string = ''): void {
    this.report.total += 1
    this.report[fate] = (this.report[fate] ?? 0) + 1
    if (issues.length > 0) this.#note(issues, place)
  }

  /** The same for many of which nothing is to be said. */
  countMany(fate: Fate, events: number): void {
    this.report.total += events
    this.report[fate] = (this.report[fate] ?? 0) + events
  }

  leaveOut(rows: number): void {
    this.report.leftOut = (this.report.leftOut ?? 0) + rows
  }

  faults(): Sample[] {
    return this.#faults.samples()
  }

  warnings(): Sample[] {
    return this.#warnings.samples()
  }

  #note(issues: readonly Issue[], place: string): void {
    const { byCode } = this.report
    const said = new Set<string>()
    for (const issue of issues) {
      const isWarning = issue.severity === 'warning'
      if (!isWarning && !said.has(issue.code)) byCode[issue.code] = (byCode[issue.code] ?? 0) + 1
      said.add(issue.code)
      // Two rows of one event can have the same fault; it is one event all the same.
      const exact = exactly(issue)
      if (said.has(exact)) continue
      said.add(exact)
      const notes = isWarning ? this.#warnings : this.#faults
      notes.add(issue, place)
    }
  }
}

interface Note {
  readonly issue: Issue
  readonly places: string[]
  count: number
}

/** Reasons with where they were seen. The lines under a reason are lines that it is true of. */
class Notes {
  readonly #notes = new Map<string, Note>()
  readonly #messages = new Map<string, number>()

  add(issue: Issue, place: string): void {
    const note = this.#noteOf(issue)
    note.count += 1
    if (note.places.length < MAX_PLACES && place !== '') note.places.push(place)
  }

  samples(): Sample[] {
    return [...this.#notes.values()]
      .map(({ count, issue, places }) => ({
        code: issue.code,
        count,
        message: issue.message,
        hint: issue.hint,
        places,
      }))
      .sort((left, right) => right.count - left.count)
  }

  #noteOf(issue: Issue): Note {
    const exact = exactly(issue)
    const known = this.#notes.get(exact)
    if (known !== undefined) return known
    const site = siteOf(issue)
    const messages = this.#messages.get(site) ?? 0
    if (this.#notes.size >= MAX_REASONS) return this.#open(issue.code, issue)
    if (messages >= MAX_MESSAGES) return this.#open(site, issue)
    this.#messages.set(site, messages + 1)
    return this.#open(exact, issue)
  }

  #open(key: string, issue: Issue): Note {
    const note = this.#notes.get(key) ?? { count: 0, issue, places: [] }
    this.#notes.set(key, note)
    return note
  }
}

function siteOf({ code, path }: Issue): string {
  return `${code} ${path}`
}

function exactly(issue: Issue): string {
  return `${siteOf(issue)} ${issue.message.replace(NUMBERS, '0')}`
}
