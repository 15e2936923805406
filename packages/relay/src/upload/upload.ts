import { errorText, type Issue, issue } from 'waybill'
import { FilesError, type Input, type OpenFile, type RefusedWriter } from '../files/index.ts'
import { untilAborted } from '../files/until-aborted.ts'
import { StoreError } from '../store/index.ts'
import type { Judge } from './checked.ts'
import { createPace, type Pace } from './pace.ts'
import {
  type Pack,
  type PackedEvents,
  type ReadingJob,
  type ReadingThread,
  readBeside,
  type Seen,
  unpacked,
} from './reading/index.ts'
import type { Sender, Sent } from './sender.ts'
import { type Judgement, type Outgoing, type Taken, takeEvents } from './taken.ts'
import type { Fate, Tally } from './tally.ts'

/** What a run needs. Without a sender the rows are only checked. */
export interface UploadOptions {
  readonly judge: Judge
  readonly tally: Tally
  /** Called when the first event of the file is to be sent, and not before: a file without any leaves no trace. */
  readonly openSender?: (() => Promise<Sender>) | undefined
  readonly validateOnly?: boolean
  readonly refused?: RefusedWriter | undefined
  /** The state of this run, as the refused rows name it. */
  readonly run?: string | undefined
  readonly signal: AbortSignal
  /** Events per second at most. */
  readonly rate?: number | undefined
  readonly manyFiles?: boolean
  readonly onProgress?: (file: OpenFile) => void
  /** Where the file is read in a thread of its own. */
  readonly beside?: { readonly job: ReadingJob; readonly thread?: ReadingThread | undefined } | undefined
}

/** Why a run ended before its file did; `undefined` when it did not. */
export type Stopped = Issue | undefined

/** Events that travel in one call of `send`: four requests side by side. */
const SLICE_EVENTS = 4_000
/** Packs of 1,000 events that go out side by side. */
const PACKS_AT_A_TIME = 4
/** One event that failed so, and nothing else in the file would fare better. */
const STOPS_THE_RUN: ReadonlySet<string> = new Set([
  'unauthorized',
  'wrong_key_family',
  'unknown_pixel',
  'blocked_by_firewall',
  'forbidden',
  'not_found',
  'redirected',
  'request_rejected',
  'aborted',
])
/** These stop the run when they took a whole slice: an endpoint that is down, not one that stumbled. */
const STOPS_WHEN_ALL_FAIL: ReadonlySet<string> = new Set(['gave_up', 'timed_out'])

interface Waiting {
  readonly event: Outgoing
  readonly taken: Taken
  readonly warnings: readonly Issue[]
}

/**
 * The second reading of a file that was judged: checks its events and sends the good ones, a slice at a time while the next is being read.
 * Every event is counted once in the tally, and the rows of every refused one go to the refused file. Throws `FilesError` where the file
 * cannot be read further, after what was read has its outcome.
 */
export async function uploadFile(input: Input, survey: Judgement, options: UploadOptions): Promise<Stopped> {
  if (options.signal.aborted) return interrupted()
  input.requireUnchanged()
  const file = await input.open()
  try {
    const { judge, beside } = options
    if (beside === undefined)
      return await new Upload(file, options).run(takeEvents(file, survey, { judge, outgoing: (event) => event }))
    const seen: Seen = { bytesRead: 0 }
    return await new Upload({ ...file, bytesRead: () => seen.bytesRead }, options).run(
      readBeside(beside.job, seen, beside.thread),
    )
  } finally {
    await file.close()
  }
}

/** What ends a run: a file, or the state, that cannot be used. */
type Fault = FilesError | StoreError

class Upload {
  readonly #file: OpenFile
  readonly #options: UploadOptions
  readonly #sliceEvents: number
  readonly #pace: Pace
  #waiting: Waiting[] = []
  #sending: Promise<void> = Promise.resolve()
  /** Packs on their way as they stand. */
  readonly #packs = new Set<Promise<void>>()
  #sender: Sender | undefined
  #stopped: Stopped
  /** Set when the refused file or the state cannot be written: going on would lose rows. */
  #broken: Fault | undefined

  constructor(file: OpenFile, options: UploadOptions) {
    const { rate = Number.POSITIVE_INFINITY, signal } = options
    this.#file = file
    this.#options = options
    this.#sliceEvents = Math.min(SLICE_EVENTS, Math.ceil(rate))
    this.#pace = createPace(rate, signal)
  }

  async run(batches: AsyncIterable<readonly Taken[] | Pack>): Promise<Stopped> {
    const { signal, onProgress } = this.#options
    let isWhole = false
    try {
      for await (const batch of untilAborted(batches, signal)) {
        if ('plain' in batch) await this.#takePack(batch)
        else for (const taken of batch) this.#take(taken)
        while (this.#waiting.length >= this.#sliceEvents && !this.#mustStop()) await this.#sendSlice()
        onProgress?.(this.#file)
        if (this.#mustStop()) break
      }
      isWhole = !this.#mustStop()
    } finally {
      // A file that breaks off in the middle has delivered events before the break all the same.
      isWhole = (await this.#sendRest()) && isWhole
      await this.#sender?.close?.()
    }
    if (this.#broken !== undefined) throw this.#broken
    return this.#stopped ?? (isWhole ? undefined : interrupted())
  }

  #mustStop(): boolean {
    return this.#stopped !== undefined || this.#broken !== undefined || this.#options.signal.aborted
  }

  #take(taken: Taken): void {
    const { tally, openSender } = this.#options
    const { fated, rowCount } = taken
    tally.report.rows += rowCount
    if (fated.kind === 'left out') return tally.leaveOut(rowCount)
    tally.taken += 1
    if (fated.kind === 'duplicate') tally.count('duplicates')
    else if (fated.kind === 'refused') this.#count('refused', taken, fated.issues)
    else if (openSender === undefined) this.#count('validated', taken, fated.warnings)
    else this.#waiting.push({ event: fated.event, taken, warnings: fated.warnings })
  }

  /** What is plain goes out as it stands where that is possible; the rest event by event. */
  async #takePack({ plain, others }: Pack): Promise<void> {
    if (this.#packs.size >= PACKS_AT_A_TIME) await Promise.race(this.#packs)
    const isFirst = this.#sender === undefined
    const isWhole = this.#sender?.sendWhole !== undefined && this.#options.rate === undefined && !this.#mustStop()
    if (!isWhole) for (const taken of unpacked(plain)) this.#take(taken)
    else {
      const sending: Promise<void> = this.#sendWhole(plain).finally(() => this.#packs.delete(sending))
      this.#packs.add(sending)
    }
    for (const taken of unpacked(others)) this.#take(taken)
    if (!isFirst || this.#waiting.length === 0) return
    // What the API says of the first ones is what lets the next go out as they stand.
    await this.#sendSlice()
    await this.#sending
  }

  /** Never rejects, as `#send`. */
  async #sendWhole(plain: PackedEvents): Promise<void> {
    const { tally, onProgress } = this.#options
    if (!(await this.#isDelivered(plain))) {
      for (const taken of unpacked(plain)) this.#take(taken)
      return
    }
    const events = plain.fates.length
    for (const rows of plain.rowCounts) tally.report.rows += rows
    tally.taken += events
    tally.countMany('delivered', events)
    onProgress?.(this.#file)
  }

  async #isDelivered(plain: PackedEvents): Promise<boolean> {
    try {
      return await this.#sender!.sendWhole!(plain)
    } catch (error) {
      this.#broken = asFault(error)
      return false
    }
  }

  /** Hands the slice over and returns as soon as the one before it is done, so that reading and sending overlap. */
  async #sendSlice(): Promise<void> {
    await this.#sending
    if (this.#mustStop()) return
    this.#sending = this.#send(this.#waiting.splice(0, this.#sliceEvents))
  }

  /** Whether all that was read has been sent; what may not be sent any more has failed. */
  async #sendRest(): Promise<boolean> {
    await Promise.all(this.#packs)
    while (this.#waiting.length > 0 && !this.#mustStop()) await this.#sendSlice()
    await this.#sending
    const unsent = this.#waiting.splice(0)
    for (const { taken } of unsent) this.#count('failed', taken, [this.#stopped ?? issue('aborted', '')])
    return unsent.length === 0
  }

  /** Never rejects: it runs while the next slice is being read, where nobody would hear of it. */
  async #send(slice: readonly Waiting[]): Promise<void> {
    const { signal, validateOnly = false, refused, onProgress } = this.#options
    await this.#pace(slice.length)
    const events = slice.map(({ event }) => event)
    const sent = await this.#attempt(events, { validateOnly, signal })
    for (const [index, outcome] of sent.entries()) this.#settle(slice[index]!, outcome)
    this.#stopped ??= this.#sender?.stopped ?? stopReason(sent)
    if (this.#stopped?.code === 'aborted') this.#stopped = interrupted()
    this.#guard(() => refused?.flush())
    onProgress?.(this.#file)
  }

  /** Where the state cannot be opened or written, the slice has failed and the run ends. */
  async #attempt(events: readonly Outgoing[], how: Parameters<Sender['send']>[1]): Promise<readonly Sent[]> {
    try {
      this.#sender ??= await this.#options.openSender!()
      return await this.#sender.send(events, how)
    } catch (error) {
      const fault = asFault(error)
      this.#broken = fault
      return events.map(() => ({
        status: 'failed',
        issues: [issue('aborted', '', { message: errorText(fault) })],
      }))
    }
  }

  #settle({ taken, warnings }: Waiting, { status, issues, before }: Sent): void {
    if (issues.length === 0 && warnings.length === 0 && before !== true) return this.#count(status, taken, issues)
    const said = new Set(issues.map(({ code }) => code))
    const { report } = this.#options.tally
    if (before === true) report.deliveredBefore = (report.deliveredBefore ?? 0) + 1
    this.#count(status, taken, before === true ? [] : [...issues, ...warnings.filter(({ code }) => !said.has(code))])
  }

  #count(fate: Fate, taken: Taken, issues: readonly Issue[]): void {
    const { tally, refused } = this.#options
    tally.count(fate, issues, issues.length === 0 ? '' : this.#placeOf(taken))
    if (fate !== 'refused' || refused === undefined) return
    const errors = issues.filter(({ severity }) => severity === 'error')
    this.#guard(() => {
      for (const row of taken.rows()) refused.write(this.#file, row, errors, this.#options.run)
    })
  }

  #placeOf({ line }: Taken): string {
    if (line === undefined) return ''
    return this.#options.manyFiles === true ? `${this.#file.name}:${line}` : `${line}`
  }

  #guard(write: () => void): void {
    try {
      if (this.#broken === undefined) write()
    } catch (error) {
      this.#broken = asFault(error)
    }
  }
}

/** Files and stores say what to do; anything else is a fault of this program, and is not hidden. */
function asFault(error: unknown): Fault {
  if (error instanceof FilesError || error instanceof StoreError) return error
  throw error
}

function stopReason(outcomes: readonly Sent[]): Stopped {
  const reasons = outcomes.flatMap(({ status, issues }) => (status === 'failed' ? issues : []))
  const clear = reasons.find(({ code }) => STOPS_THE_RUN.has(code))
  if (clear !== undefined) return clear.code === 'aborted' ? interrupted() : clear
  const allFailed = outcomes.every(({ status }) => status === 'failed')
  return allFailed ? reasons.find(({ code }) => STOPS_WHEN_ALL_FAIL.has(code)) : undefined
}

/** Why a run that was told to stop did. */
export function interrupted(): Issue {
  return issue('aborted', '', {
    message: 'The run was interrupted before its end.',
    hint: 'Run the same command again: it goes on where this run was, and nothing counts twice.',
  })
}
