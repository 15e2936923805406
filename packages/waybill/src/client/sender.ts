import type { InvalidIdentity } from '../contract/check.ts'
import { deliverAll } from './deliver.ts'
import { envelope } from './exchange.ts'
import { createGate } from './gate.ts'
import type { Job } from './job.ts'
import type { Ledger } from './ledger.ts'
import { deliveryIssue } from './outcome.ts'
import { createPixelMemory } from './pixel-memory.ts'
import { type Preparation, type Prepared, prepare } from './prepare.ts'
import { createScrub } from './scrub.ts'
import type { Settings } from './settings.ts'
import { createStop } from './stop.ts'
import { createPost } from './transport.ts'
import { USER_AGENT } from './user-agent.ts'
import { type Verification, verifyAccount } from './verify.ts'

/** What lasts from one send of a client to the next: the way to the API, its pace, and what was learned of the pixel. */
export interface Sender {
  /** Reads, checks and serialises one event at once. */
  prepare(read: () => unknown, index: number, invalidIdentity: InvalidIdentity): Preparation
  /** Sees to it that each of the events has an outcome in the ledger. */
  deliver(
    events: readonly Prepared[],
    ledger: Ledger,
    options: { validateOnly?: boolean | undefined; signal?: AbortSignal | undefined },
  ): Promise<void>
  verify(signal: AbortSignal): Promise<Verification>
}

export function createSender(settings: Settings, apiKey: string): Sender {
  const { runtime, totalTimeoutMs } = settings
  const scrub = createScrub(apiKey)
  const post = createPost(settings, apiKey, USER_AGENT)
  const gate = createGate(settings.concurrency, runtime)
  const memory = createPixelMemory(settings.maxBodyBytes)
  const maxEventBytes = settings.maxBodyBytes - envelope(settings, false).length - 2
  return {
    prepare(read, index, invalidIdentity) {
      const { contract, sourceUrlQuery } = settings
      return prepare(read, index, { now: runtime.now(), contract, invalidIdentity, sourceUrlQuery, maxEventBytes })
    },
    async deliver(events, ledger, { validateOnly, signal: outer }) {
      const { signal, because: stop, why, release } = createStop(outer)
      const timer = new AbortController()
      void runtime.sleep(totalTimeoutMs, timer.signal).then(() => {
        if (!timer.signal.aborted) stop(deliveryIssue('timed_out'))
      })
      const deadlineMs = runtime.now() + totalTimeoutMs
      const shared = { settings, post, gate, memory, scrub }
      const job: Job = { ...shared, ledger, validateOnly: validateOnly === true, deadlineMs, signal, stop }
      try {
        await deliverAll(events, job)
      } finally {
        timer.abort()
        release()
      }
      ledger.close(events, why() ?? deliveryIssue('gave_up'))
    },
    verify: (signal) => verifyAccount({ settings, post, scrub, signal }),
  }
}
