import { retryDelayMs } from '../backoff.ts'
import { type Answer, judgeAnswer, type Verdict } from '../verdict.ts'
import type { Entry } from './gate.ts'
import type { Asked, Body, Carried, DrivePort } from './port.ts'

/** A request that was sent, and what it came to. */
export interface Sent {
  readonly answer: Answer
  readonly verdict: Verdict
  /** How long the pixel is left alone now; `undefined` where it is not. */
  readonly pausedForMs: number | undefined
  readonly delayMs: (failures: number) => number
}

/** What goes into one request. */
export interface Request<Item> {
  readonly what: Asked<Item>['what']
  readonly items: readonly Item[]
  /** The JSON of all events, ours included; or what makes a body of them. */
  readonly wires: readonly string[] | ((start: string, end: string) => Uint8Array)
  /** How many events of others the texts are, where no item stands for each. */
  readonly events?: number
  readonly validateOnly: boolean
  readonly timeoutMs: number
  readonly shape?: string | undefined
  /** Its failure says nothing of the pace: what was sent may be the reason. */
  readonly isSplit?: boolean
}

/** Waits for a turn; false when the batch has to end here. A turn that was given has to be taken by {@link post}, or left. */
export async function takeTurn<Item extends Carried>(
  port: DrivePort<Item>,
  forMs: number,
  entry: Entry = 'turn',
): Promise<boolean> {
  for (;;) {
    if (!(await port.gate.enter(port.waitSignal, entry))) return false
    const mayBegin = await port.mayBegin(forMs)
    // Meanwhile another request may have been told to wait.
    if (mayBegin && !port.gate.isPaused(entry)) return true
    port.gate.leave()
    if (!mayBegin) return false
  }
}

/** Sends one request, leaves the gate, and learns the pace from the answer. `undefined`: it was given up. */
export async function post<Item extends Carried>(
  port: DrivePort<Item>,
  { what, items, wires, events, validateOnly, timeoutMs, shape, isSplit = false }: Request<Item>,
): Promise<Sent | undefined> {
  const { gate, signal } = port
  const atMs = port.now()
  const leftMs = port.monotonic()
  const answer = await port.post(bodyOf(port.envelope(validateOnly), wires), { timeoutMs, signal })
  if (answer.kind === 'failure' && signal.aborted) {
    gate.leave()
    return undefined
  }
  const verdict = judgeAnswer(answer, events ?? wires.length, port.now(), port.isRelay)
  const delay = (failures: number, outageMs: number = gate.outageMs()): number =>
    verdict.kind === 'retry' ? delayAfter(verdict, failures, outageMs, port, items) : 0
  // A canary that fails beside its batch is no failure more; what was split may be the reason itself.
  const isOwnFault = (isSplit || what === 'canary') && verdict.kind === 'retry' && verdict.isFailure
  const pausedForMs = isOwnFault ? undefined : gate.learn(verdict, { leftMs, delayMs: delay })
  // Whoever waits comes next after what the answer says was learned.
  gate.leave()
  const durationMs = Math.round(port.monotonic() - leftMs)
  port.asked({ what, items, events: events ?? items.length, answer, verdict, atMs, durationMs, shape })
  return { answer, verdict, pausedForMs, delayMs: (failures) => delay(failures) }
}

const END = ']}'

function bodyOf(start: string, wires: Request<unknown>['wires']): Body {
  if (typeof wires === 'function') return wires(start, END)
  // Joined in one step: what is put around it afterwards would cost one more copy of all events.
  const [first = '', ...others] = wires
  const texts = [start + first, ...others]
  texts.push(texts.pop() + END)
  return texts.join()
}

function delayAfter<Item extends Carried>(
  { retryAfterMs, code }: Extract<Verdict, { kind: 'retry' }>,
  failures: number,
  outageMs: number,
  port: DrivePort<Item>,
  items: readonly Item[],
): number {
  const timeLeftMs = items.length === 0 ? Number.MAX_SAFE_INTEGER : port.timeLeftMs(items)
  const random = (): number => port.random()
  return retryDelayMs(failures, { retryAfterMs, timeLeftMs, random, isSlow: code === 'tls', outageMs })
}
