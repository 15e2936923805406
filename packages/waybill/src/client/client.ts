import type { EventInput } from '../contract/event.ts'
import type { Issue } from '../contract/issue.ts'
import { ConfigError } from '../errors.ts'
import { deliverAll } from './deliver.ts'
import { envelope, type Job } from './exchange.ts'
import { createGate } from './gate.ts'
import { createLedger } from './ledger.ts'
import { deliveryIssue, type Outcome } from './outcome.ts'
import { createPixelMemory } from './pixel-memory.ts'
import { type Preparation, type Prepared, prepare } from './prepare.ts'
import { createScrub } from './scrub.ts'
import { type ClientOptions, readSettings } from './settings.ts'
import { createTracker, type TrackOptions } from './track.ts'
import { createPost } from './transport.ts'
import { USER_AGENT } from './user-agent.ts'
import { type Verification, verifyAccount } from './verify.ts'

export interface SendOptions {
  /** `true`: the API validates and stores nothing; outcomes are `validated`. */
  readonly validateOnly?: boolean | undefined
  /** Ends the send; events without an outcome are `failed` with the code `aborted`. */
  readonly signal?: AbortSignal | undefined
}

/** Sends conversions of one pixel. */
export interface Client {
  /**
   * Sends events and gives one outcome for each, in input order. Never rejects for what an event or an answer did; throws a
   * {@link ConfigError} when `events` is no array.
   */
  send(events: readonly EventInput[], options?: SendOptions): Promise<Outcome[]>
  /** Queues one event and returns at once; never throws. What became of it is told to `onOutcome`. */
  track(event: EventInput, options?: TrackOptions): void
  /** Waits until everything tracked so far has its outcome. */
  flush(): Promise<void>
  /** Like `flush`, and takes no more events. */
  close(): Promise<void>
  /** Checks key and pixel, and finds out which generation of the contract the account reads; nothing is stored. */
  verify(options?: { signal?: AbortSignal | undefined }): Promise<Verification>
}

/** Creates a client. Throws a {@link ConfigError} for a missing or wrong option; sends nothing yet. */
export function createClient(options: ClientOptions): Client {
  const settings = readSettings(options)
  const { runtime } = settings
  const scrub = createScrub(options.apiKey)
  const post = createPost(settings, options.apiKey, USER_AGENT)
  const gate = createGate(settings.concurrency, runtime)
  const memory = createPixelMemory(settings.maxBodyBytes)

  const prepareOne = (event: unknown, index: number): Preparation =>
    prepare(event, index, {
      now: runtime.now(),
      contract: settings.contract,
      invalidIdentity: settings.invalidIdentity,
      sourceUrlQuery: settings.sourceUrlQuery,
      maxEventBytes: settings.maxBodyBytes - envelope(settings, false).length - 2,
    })

  const deliver = async (
    events: readonly Prepared[],
    outcomes: ReturnType<typeof createLedger>,
    options: SendOptions,
  ): Promise<void> => {
    const stop = createStop(options.signal)
    const endTimer = new AbortController()
    void runtime.sleep(settings.totalTimeoutMs, endTimer.signal).then(() => {
      if (!endTimer.signal.aborted) stop.because(deliveryIssue('timed_out'))
    })
    const job: Job = {
      settings,
      post,
      gate,
      memory,
      scrub,
      ledger: outcomes,
      validateOnly: options.validateOnly === true,
      deadlineMs: runtime.now() + settings.totalTimeoutMs,
      signal: stop.signal,
      stop: stop.because,
    }
    try {
      await deliverAll(events, job)
    } finally {
      endTimer.abort()
      stop.release()
    }
    outcomes.close(events, stop.why() ?? deliveryIssue('gave_up'))
  }

  const tracker = createTracker({
    settings,
    prepare: prepareOne,
    async deliver(events) {
      const renumbered = events.map((event, index) => ({ ...event, index }))
      const ledger = createLedger(events.length)
      await deliver(renumbered, ledger, {})
      return ledger.outcomes().map((outcome, position) => ({ ...outcome, index: events[position]!.index }))
    },
  })

  return {
    async send(events, sendOptions = {}) {
      if (!Array.isArray(events))
        throw new ConfigError('not_an_array', 'send needs an array of events.', {
          hint: 'Write send([event]) for one.',
        })
      const ledger = createLedger(events.length)
      const ready: Prepared[] = []
      for (let index = 0; index < events.length; index++) {
        const prepared = prepareOne(events[index], index)
        if (prepared.ok) ready.push(prepared.event)
        else ledger.record(prepared.outcome)
      }
      if (ready.length > 0) await deliver(ready, ledger, sendOptions)
      return ledger.outcomes()
    },
    track: (event, trackOptions) => tracker.track(event, trackOptions),
    flush: () => tracker.flush(),
    close: () => tracker.close(),
    verify: ({ signal } = {}) =>
      verifyAccount({ settings, post, scrub, signal: signal ?? new AbortController().signal }),
  }
}

interface Stop {
  readonly signal: AbortSignal
  because(why: Issue): void
  why(): Issue | undefined
  release(): void
}

/** One signal for everything that can end a send; the first reason is the one that counts. */
function createStop(outer: AbortSignal | undefined): Stop {
  const controller = new AbortController()
  let reason: Issue | undefined
  const because = (why: Issue): void => {
    reason ??= why
    controller.abort()
  }
  const aborted = (): void => because(deliveryIssue('aborted'))
  if (outer?.aborted) aborted()
  outer?.addEventListener('abort', aborted)
  return {
    signal: controller.signal,
    because,
    why: () => reason,
    release: () => outer?.removeEventListener('abort', aborted),
  }
}
