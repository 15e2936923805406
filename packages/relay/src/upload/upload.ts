import type { Client, Issue, Outcome, WireEvent } from 'waybill'
import type { ColumnPlan } from '../files/index.ts'
import {
  createMapper,
  type Mapping,
  type OpenFile,
  openFile,
  type RefusedWriter,
  type Row,
  readCandidates,
} from '../files/index.ts'
import type { Judge } from './checked.ts'
import type { Fate, Tally } from './tally.ts'

/** What a run needs. Without a client the rows are only checked. */
export interface UploadOptions {
  readonly judge: Judge
  readonly tally: Tally
  readonly client?: Client | undefined
  readonly validateOnly?: boolean
  readonly mapping?: Mapping | undefined
  readonly timeZone?: string | undefined
  readonly refused?: RefusedWriter | undefined
  readonly signal: AbortSignal
  /** Events per second at most. */
  readonly rate?: number | undefined
  readonly manyFiles?: boolean
  readonly stdin?: NodeJS.ReadableStream | undefined
  readonly onColumns?: (file: OpenFile, plan: Pick<ColumnPlan, 'used' | 'constants' | 'ignored'>) => void
  readonly onProgress?: (file: OpenFile) => void
}

/** Why a run ended before its file did; `undefined` when it did not. */
export type Stopped = Issue | undefined

/** Events that travel in one call of `send`: four requests side by side. */
const SLICE_EVENTS = 4_000
/** After these nothing else in the file would fare better, so reading on would only fail more rows. */
const STOPS_THE_RUN: ReadonlySet<string> = new Set([
  'unauthorized',
  'wrong_key_family',
  'unknown_pixel',
  'blocked_by_firewall',
  'forbidden',
  'not_found',
  'redirected',
  'request_rejected',
  'gave_up',
  'timed_out',
  'aborted',
])

interface Waiting {
  readonly event: WireEvent
  readonly rows: readonly Row[]
  readonly warnings: readonly Issue[]
}

/**
 * Checks a file's events and sends the good ones, a slice at a time while the next is being read. Every event is counted once in
 * the tally, and the rows of every refused one go to the refused file. Throws `FileError` where the file cannot be read further,
 * after what was read has its outcome.
 */
export async function uploadFile(path: string, options: UploadOptions): Promise<Stopped> {
  const file = await openFile(path, options.stdin === undefined ? {} : { stdin: options.stdin as never })
  try {
    const { mapping, timeZone } = options
    const mapper = createMapper(file.columns, {
      ...(mapping === undefined ? {} : { mapping }),
      ...(timeZone === undefined ? {} : { timeZone }),
    })
    if (mapper.plan !== undefined) options.onColumns?.(file, mapper.plan)
    const stopped = await new Upload(file, options).run(readCandidates(file, mapper))
    if (mapper.plan === undefined) options.onColumns?.(file, mapper.summary())
    return stopped
  } finally {
    await file.close()
  }
}

class Upload {
  readonly #file: OpenFile
  readonly #options: UploadOptions
  #waiting: Waiting[] = []
  #sending: Promise<void> = Promise.resolve()
  #stopped: Stopped
  #nextSliceAtMs = 0

  constructor(file: OpenFile, options: UploadOptions) {
    this.#file = file
    this.#options = options
  }

  async run(batches: ReturnType<typeof readCandidates>): Promise<Stopped> {
    try {
      for await (const candidates of batches) {
        if (this.#mustStop()) break
        for (const candidate of candidates) {
          this.#take(candidate)
          if (this.#waiting.length >= this.#sliceSize()) await this.#sendSlice()
        }
        this.#options.onProgress?.(this.#file)
      }
    } finally {
      // A file that breaks off in the middle has delivered events before the break all the same.
      while (this.#waiting.length > 0 && !this.#mustStop()) await this.#sendSlice()
      await this.#sending
      for (const { rows } of this.#waiting.splice(0)) this.#count('failed', rows, [this.#stopped ?? aborted()])
    }
    return this.#stopped ?? (this.#options.signal.aborted ? aborted() : undefined)
  }

  #mustStop(): boolean {
    return this.#stopped !== undefined || this.#options.signal.aborted
  }

  #sliceSize(): number {
    return Math.min(SLICE_EVENTS, Math.max(1, Math.ceil(this.#options.rate ?? SLICE_EVENTS)))
  }

  #take(candidate: Parameters<Judge['judge']>[0]): void {
    const { judge, tally, client } = this.#options
    const { rows } = candidate
    tally.report.rows += rows.length
    const judged = judge.judge(candidate)
    if (judged.kind === 'duplicate') tally.count('duplicates')
    else if (judged.kind === 'refused') this.#count('refused', rows, judged.issues)
    else if (client === undefined) this.#count('validated', rows, judged.warnings)
    else this.#waiting.push({ event: judged.event, rows, warnings: judged.warnings })
  }

  /** Hands the slice over and returns as soon as the one before it is done, so that reading and sending overlap. */
  async #sendSlice(): Promise<void> {
    const slice = this.#waiting.splice(0, this.#sliceSize())
    await this.#sending
    if (this.#mustStop()) {
      this.#waiting.unshift(...slice)
      return
    }
    this.#sending = this.#send(slice)
  }

  async #send(slice: readonly Waiting[]): Promise<void> {
    const { client, signal, validateOnly = false } = this.#options
    await this.#pace(slice.length)
    const events = slice.map(({ event }) => event)
    const outcomes = await client!.send(events, { validateOnly, signal })
    for (const [index, outcome] of outcomes.entries()) this.#settle(slice[index]!, outcome)
    this.#stopped ??= outcomes.every(({ status }) => status === 'failed') ? stopReason(outcomes) : undefined
    this.#options.onProgress?.(this.#file)
  }

  #settle({ rows, warnings }: Waiting, { status, issues }: Outcome): void {
    const said = new Set(issues.map(({ code }) => code))
    this.#count(status, rows, [...issues, ...warnings.filter(({ code }) => !said.has(code))])
  }

  #count(fate: Fate, rows: readonly Row[], issues: readonly Issue[]): void {
    const { tally, refused, manyFiles } = this.#options
    const line = rows[0]?.line
    const place = line === undefined ? '' : manyFiles ? `${this.#file.name}:${line}` : `${line}`
    tally.count(fate, issues, place)
    if (fate !== 'refused') return
    for (const row of rows)
      refused?.write(
        this.#file,
        row,
        issues.filter(({ severity }) => severity === 'error'),
      )
  }

  async #pace(events: number): Promise<void> {
    const { rate, signal } = this.#options
    if (rate === undefined) return
    const now = performance.now()
    if (now < this.#nextSliceAtMs) await pause(this.#nextSliceAtMs - now, signal)
    this.#nextSliceAtMs = Math.max(now, this.#nextSliceAtMs) + (events / rate) * 1_000
  }
}

function stopReason(outcomes: readonly Outcome[]): Stopped {
  return outcomes[0]?.issues.find(({ code, severity }) => severity === 'error' && STOPS_THE_RUN.has(code))
}

function aborted(): Issue {
  return {
    code: 'aborted',
    path: '',
    message: 'The run was interrupted before this event was sent.',
    severity: 'error',
    hint: 'Run the same command again; ids make sure that nothing counts twice.',
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
