import type { ReadingJob, Rules } from './job.ts'

/** Bodies that go to another thread together: one message for many costs little more than one for each. */
export interface Pack {
  /** All bodies, one after the other. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Where each of them ends. */
  readonly ends: Uint32Array
  /** What they are judged by, and for each body where its own stands: neighbours mostly share theirs. */
  readonly rules: readonly Rules[]
  readonly rulesAt: Uint32Array
  /** When they are judged, Unix milliseconds. */
  readonly nowMs: number
}

/** The bytes are copied: the callers may have to read them themselves. */
export function packOf(jobs: readonly ReadingJob[], nowMs: number): Pack {
  let total = 0
  for (const job of jobs) total += job.bytes.length
  const bytes = new Uint8Array(total)
  const ends = new Uint32Array(jobs.length)
  const rules: Rules[] = []
  const rulesAt = new Uint32Array(jobs.length)
  let end = 0
  for (const [at, job] of jobs.entries()) {
    bytes.set(job.bytes, end)
    end += job.bytes.length
    ends[at] = end
    const last = rules.at(-1)
    if (last === undefined || !isSame(last, job)) rules.push(rulesOf(job))
    rulesAt[at] = rules.length - 1
  }
  return { bytes, ends, rules, rulesAt, nowMs }
}

/** The jobs that a pack was made of. */
export function unpack({ bytes, ends, rules, rulesAt }: Pack): ReadingJob[] {
  return Array.from(ends, (end, at) => ({ ...rules[rulesAt[at]!]!, bytes: bytes.subarray(ends[at - 1] ?? 0, end) }))
}

function rulesOf(job: ReadingJob): Rules {
  const { bytes: _, ...rules } = job
  return rules
}

function isSame(a: Rules, b: Rules): boolean {
  return (
    a.pixel === b.pixel &&
    a.contract === b.contract &&
    a.invalidIdentity === b.invalidIdentity &&
    a.source === b.source &&
    a.leastTimeLeftMs === b.leastTimeLeftMs &&
    a.maxEventBytes === b.maxEventBytes &&
    a.isTimeInDoubt === b.isTimeInDoubt
  )
}
