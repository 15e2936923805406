import type { InvalidIdentity } from '../contract/check.ts'
import { LEAST_TIME_LEFT_MS } from '../contract/limits.ts'
import { Gate } from '../delivery/drive/gate.ts'
import { createAccountContract } from './account-contract.ts'
import type { Job } from './job.ts'
import type { Ledger } from './ledger.ts'
import { deliveryIssue } from './outcome.ts'
import { createPixelMemory } from './pixel-memory.ts'
import { type Preparation, type Prepared, prepare } from './prepare.ts'
import { withoutRepeats } from './repeats.ts'
import { monotonicMs } from './runtime.ts'
import { createScrub } from './scrub.ts'
import { deliverAll } from './send.ts'
import { envelope, type Settings } from './settings.ts'
import { createStop } from './stop.ts'
import { createPost, type PostOptions } from './transport.ts'
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
  /** Under `contract: 'auto'`: finds out which form of `user` the account reads, before events are judged. */
  learnContract(options: PostOptions): Promise<void>
  verify(signal: AbortSignal): Promise<Verification>
}

function createJobState(): Pick<Job, 'fault' | 'held' | 'refused' | 'suspects' | 'asked' | 'unseen'> {
  return {
    fault: { why: undefined },
    held: new Set(),
    refused: new Map(),
    suspects: new Map(),
    asked: new Map(),
    unseen: new Set(),
  }
}

export function createSender(settings: Settings, apiKey: string): Sender {
  const { runtime, totalTimeoutMs } = settings
  const scrub = createScrub(apiKey)
  const direct = createPost(settings, apiKey, USER_AGENT)
  const account =
    settings.contract === 'auto' ? createAccountContract({ post: direct, now: () => runtime.now() }) : undefined
  const post = account?.post ?? direct
  const { concurrency } = settings
  const clock = {
    monotonic: () => monotonicMs(runtime),
    sleep: (ms: number, signal?: AbortSignal) => runtime.sleep(ms, signal),
  }
  const gate = new Gate(() => ({ concurrency }), clock)
  const memory = createPixelMemory(settings.maxBodyBytes, clock.monotonic)
  const maxEventBytes = settings.maxBodyBytes - envelope(settings, false).length - 2
  return {
    prepare(read, index, invalidIdentity) {
      const { sourceUrlQuery } = settings
      const contract = account?.form ?? settings.contract
      return prepare(read, index, {
        now: runtime.now(),
        contract,
        invalidIdentity,
        sourceUrlQuery,
        maxEventBytes,
        leastTimeLeftMs: LEAST_TIME_LEFT_MS,
      })
    },
    async deliver(events, ledger, { validateOnly, signal: outer }) {
      const own = { ledger, validateOnly: validateOnly === true, ...createJobState() }
      const { firsts, settleSame } = withoutRepeats(events, ledger)
      const { signal, because: stop, why, release } = createStop(outer)
      const timer = new AbortController()
      void runtime.sleep(totalTimeoutMs, timer.signal).then(() => {
        if (!timer.signal.aborted) stop(deliveryIssue('timed_out', own.fault.why))
      })
      const deadlineMs = monotonicMs(runtime) + totalTimeoutMs
      const shared = { settings, post, gate, memory, scrub }
      const job: Job = { ...shared, ...own, deadlineMs, signal, stop }
      try {
        await deliverAll(firsts, job)
      } finally {
        timer.abort()
        release()
      }
      ledger.close(firsts, why() ?? deliveryIssue('gave_up'))
      settleSame()
    },
    learnContract: (options) => account?.learn(options) ?? Promise.resolve(),
    verify: (signal) => verifyAccount({ settings, post: direct, scrub, signal }),
  }
}
