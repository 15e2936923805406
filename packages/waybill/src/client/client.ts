import type { WhenDeclared } from '../contract/event.ts'
import type { FriendlyEvent } from '../contract/friendly-event.ts'
import type { ContractSetting } from '../contract/names.ts'
import { ConfigError } from '../errors.ts'
import { createLedger } from './ledger.ts'
import type { Outcome } from './outcome.ts'
import type { Prepared } from './prepare.ts'
import { createSender, type Sender } from './sender.ts'
import { type ClientOptions, readSettings } from './settings.ts'
import { createTracker, type TrackOptions } from './track.ts'
import type { Verification } from './verify.ts'

declare global {
  /** For compilers whose library has it not yet: TypeScript before 5.2, or without `esnext.disposable`. */
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol
  }
}

export interface SendOptions {
  /** `true`: the API validates and stores nothing; outcomes are `validated`. */
  readonly validateOnly?: boolean | undefined
  /** Ends the send; events without an outcome are `failed` with the code `aborted`. */
  readonly signal?: AbortSignal | undefined
}

/** Sends conversions of one pixel. `C` is the contract it sends under: phone and names exist under `'2026-11'` only. */
export interface Client<C extends ContractSetting = ContractSetting> {
  /**
   * Sends events and gives one outcome for each, in input order. Never rejects for what an event or an answer did; throws a
   * {@link ConfigError} when `events` is no array.
   */
  send(events: readonly FriendlyEvent<C>[], options?: SendOptions): Promise<Outcome[]>
  /** The same for values of a declared type: `WireEvent`, `LooseEvent`, `JsonEvent`, or several together. */
  send<E>(events: readonly E[], ...options: WhenDeclared<E, SendOptions>): Promise<Outcome[]>
  /** Queues one event and returns at once; never throws. What became of it is told to `onOutcome`. */
  track(event: FriendlyEvent<C>, options?: TrackOptions): void
  /** The same for a value of a declared type: `WireEvent`, `LooseEvent` or `JsonEvent`. */
  track<E>(event: E, ...options: WhenDeclared<E, TrackOptions>): void
  /** Waits until everything tracked so far has its outcome. */
  flush(): Promise<void>
  /** Like `flush`, and takes no more events. */
  close(): Promise<void>
  /** `close`, at the end of a block: `await using client = createClient(…)`. */
  [Symbol.asyncDispose](): Promise<void>
  /** Checks key and pixel, and finds out which generation of the contract the account reads; nothing is stored. */
  verify(options?: { signal?: AbortSignal | undefined }): Promise<Verification>
}

/** Runtimes without the symbol have no `await using` either; compilers that write it for them look for this one. */
const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')

/** Creates a client. Throws a {@link ConfigError} for a missing or wrong option; sends nothing yet. */
export function createClient<const C extends ContractSetting = '2026-06'>(options: ClientOptions<C>): Client<C> {
  const settings = readSettings(options)
  const sender = createSender(settings, options.apiKey)
  const tracker = createTracker({
    settings,
    // One bad optional field must not cost a tracked conversion, unless that was asked for.
    prepare: (event, index) => sender.prepare(() => event, index, settings.invalidIdentity ?? 'drop'),
    deliver: (events) => deliverTracked(events, sender),
  })
  return {
    async send(events: readonly unknown[], sendOptions: SendOptions = {}) {
      if (!Array.isArray(events))
        throw new ConfigError('not_an_array', 'send needs an array of events.', {
          hint: 'Write send([event]) for one.',
        })
      const { length } = events
      const ledger = createLedger(length)
      const ready: Prepared[] = []
      if (settings.contract === 'auto') {
        const { signal = new AbortController().signal } = sendOptions
        await sender.learnContract({ timeoutMs: Math.min(settings.timeoutMs, settings.totalTimeoutMs), signal })
      }
      for (let index = 0; index < length; index++) {
        const prepared = sender.prepare(() => events[index], index, settings.invalidIdentity ?? 'refuse')
        if (prepared.ok) ready.push(prepared.event)
        else ledger.record(prepared.outcome)
      }
      if (ready.length > 0) await sender.deliver(ready, ledger, sendOptions)
      return ledger.outcomes()
    },
    track: (event: unknown, trackOptions?: TrackOptions) => tracker.track(event, trackOptions),
    flush: () => tracker.flush(),
    close: () => tracker.close(),
    [asyncDispose]: () => tracker.close(),
    verify: ({ signal } = {}) => sender.verify(signal ?? new AbortController().signal),
  }
}

/** The account of one send counts from 0; that of a tracker goes on. */
async function deliverTracked(events: readonly Prepared[], sender: Sender): Promise<Outcome[]> {
  const ledger = createLedger(events.length)
  await sender.deliver(
    events.map((event, index) => ({ ...event, index })),
    ledger,
    {},
  )
  return ledger.outcomes().map((outcome, position) => ({ ...outcome, index: events[position]!.index }))
}
