import { mapPositions } from '../positions.ts'
import type { GroupAnswer } from '../question.ts'
import { askCanary } from './canaries.ts'
import type { Carried, DrivePort, HoldVerdict, Purpose, RetryVerdict } from './port.ts'
import { readRelayAnswer } from './relay-answer.ts'
import { post, type Sent, takeTurn } from './request.ts'

/** Three failures in a row of one group, while something else passes, say that it is the group. */
const FAILURES_THAT_SPLIT = 3

const NONE_COUNTED: HoldVerdict = {
  kind: 'hold',
  code: 'counts_none',
  message: 'The API answered 200 twice and counted none of the events.',
}

/** One group on its way, for as long as it takes until its content is judged. */
interface Journey<Item> {
  readonly group: readonly Item[]
  readonly purpose: Purpose
  readonly isSplit: boolean
  failures: number
  /** Failures after which nobody said when to come back. */
  attempts: number
  /** Failures that what was sent may be the reason of. */
  inARow: number
  /** Of these, how many came while the API answered nobody: they are held against no event. */
  whileDown: number
  /** Nothing of it can have been stored before it was first sent here, nor here by a request whose outcome nobody knows. */
  isFresh: boolean | undefined
  /** A 200 answer counted too few of it. */
  isMiscounted: boolean
}

/** `again`: ask once more. `undefined`: the batch ends here. */
type Step = GroupAnswer | 'again' | undefined

/**
 * Sends a group until its content has been judged: no count of attempts makes an event bad. `isSplit`: the API fails on a part of the
 * batch, so one failure of this part is enough. `undefined`: the batch ends here, and the port knows why.
 */
export async function exchange<Item extends Carried>(
  port: DrivePort<Item>,
  group: readonly Item[],
  purpose: Purpose,
  isSplit: boolean,
): Promise<GroupAnswer | undefined> {
  const journey: Journey<Item> = {
    group,
    purpose,
    isSplit,
    failures: 0,
    attempts: 0,
    inARow: 0,
    whileDown: 0,
    isFresh: undefined,
    isMiscounted: false,
  }
  for (;;) {
    const step = await once(port, journey)
    if (step !== 'again') return step
  }
}

async function once<Item extends Carried>(port: DrivePort<Item>, journey: Journey<Item>): Promise<Step> {
  const { group, purpose, isSplit } = journey
  if (!(await takeTurn(port, port.timeoutMs))) return undefined
  const positions: number[] = []
  const live = group.filter((item, position) => port.mayLeave(item) && positions.push(position) > 0)
  if (live.length === 0) {
    port.gate.leave()
    return { kind: 'delivered' }
  }
  journey.isFresh ??= !live.some(({ mayBeStored }) => mayBeStored)
  const wires = await port.wires(live)
  const timeoutMs = Math.max(1, Math.min(port.timeoutMs, port.timeLeftMs(live)))
  const validateOnly = purpose === 'validate'
  port.leaving(live, purpose)
  const sent = await post(port, { what: purpose, items: live, wires, validateOnly, timeoutMs, isSplit })
  if (sent === undefined) return undefined
  if (!validateOnly) noteStored(journey, live, sent)
  const step = await follow(port, journey, live, sent)
  return typeof step === 'object' && positions.length < group.length ? mapPositions(step, positions) : step
}

/** From now on nobody can be sure that the API does not have them. */
function noteStored<Item extends Carried>(
  journey: Journey<Item>,
  live: readonly Item[],
  { answer, verdict }: Sent,
): void {
  const isAmbiguous = verdict.kind === 'retry' && verdict.ambiguous
  if (isAmbiguous) journey.isFresh = false
  if (!isAmbiguous && !(answer.kind === 'response' && answer.status === 200)) return
  for (const item of live) item.mayBeStored = true
}

async function follow<Item extends Carried>(
  port: DrivePort<Item>,
  journey: Journey<Item>,
  live: readonly Item[],
  sent: Sent,
): Promise<Step> {
  const { verdict } = sent
  switch (verdict.kind) {
    case 'delivered':
      port.learned.bodyPassed(bytesOf(live))
      if (journey.isMiscounted) port.markMiscounted(live)
      return verdict
    case 'refused':
    case 'too_large':
      return verdict
    case 'results':
      for (const [item, said] of readRelayAnswer(live, verdict.results)) port.settleRelayed(item, said, journey.purpose)
      return { kind: 'delivered' }
    case 'hold':
      await port.hold(verdict)
      return undefined
    case 'recount':
      return recount(port, journey, live, verdict.counted)
    case 'retry':
      return waitOrSplit(port, journey, live, sent, verdict)
  }
}

/**
 * Fewer were counted than sent: once more with the same body. After that they are delivered, since nobody knows whether repeats are
 * counted; but where none was counted and none can have been stored before, the account takes nothing. Asked once more is each event, and
 * not each group: what was counted short, and failed and was split since, has had its first answer.
 */
async function recount<Item extends Carried>(
  port: DrivePort<Item>,
  journey: Journey<Item>,
  live: readonly Item[],
  counted: number,
): Promise<Step> {
  // What is only validated need not be counted.
  if (journey.purpose === 'validate') return { kind: 'delivered' }
  const isSecond = live.every(({ wasMiscounted }) => wasMiscounted === true)
  journey.isMiscounted = true
  for (const item of live) item.wasMiscounted = true
  if (!isSecond) {
    await port.commit()
    return 'again'
  }
  if (counted === 0 && journey.isFresh) {
    await port.hold(NONE_COUNTED)
    return undefined
  }
  port.markMiscounted(live)
  return { kind: 'delivered' }
}

async function waitOrSplit<Item extends Carried>(
  port: DrivePort<Item>,
  journey: Journey<Item>,
  live: readonly Item[],
  { pausedForMs, delayMs }: Sent,
  verdict: RetryVerdict,
): Promise<Step> {
  journey.failures += 1
  if (verdict.retryAfterMs === undefined) journey.attempts += 1
  if (verdict.isFailure) journey.inARow += 1
  const failedAt = port.learned.now()
  await port.commit()
  if (verdict.isFailure && (await isItsOwn(port, journey, failedAt)))
    return { kind: 'failing', why: verdict.why, times: journey.inARow - journey.whileDown }
  const delay = pausedForMs ?? delayMs(journey.failures)
  const { failures, attempts } = journey
  return (await port.pause({ verdict, failures, attempts, delayMs: delay, group: live })) ? 'again' : undefined
}

/** Whether the API fails on this group alone: it answers others, or the least canary, since. */
async function isItsOwn<Item extends Carried>(
  port: DrivePort<Item>,
  journey: Journey<Item>,
  failedAt: number,
): Promise<boolean> {
  const { learned } = port
  const { isSplit, inARow } = journey
  const inRow = learned.failed()
  if (isSplit && inARow === 1 && inRow < FAILURES_THAT_SPLIT) return true
  if (inARow < FAILURES_THAT_SPLIT && !isSplit) return false
  if (learned.passedSince(failedAt)) return true
  const answer = await askCanary(port, { shape: undefined })
  if (answer?.kind === 'canary' && answer.said === 'passed') learned.canaryPassed(undefined)
  else journey.whileDown = inARow
  return learned.passedSince(failedAt)
}

function bytesOf(items: readonly Carried[]): number {
  let sum = 0
  for (const { bytes } of items) sum += bytes + 1
  return sum
}
