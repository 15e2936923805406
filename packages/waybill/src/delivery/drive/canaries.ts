import { canaryOf, leastCanary } from '../canary.ts'
import type { CanaryAnswer, NamesAnswer } from '../question.ts'
import type { Reason, Verdict } from '../verdict.ts'
import type { Carried, DrivePort } from './port.ts'
import { post, takeTurn } from './request.ts'

/**
 * Sends the canary of a shape, or the least canary, with `validate_only`. It goes out at once, but never within a pause that the API asked
 * for. `undefined`: the batch ends here, because what it was answered holds the pixel or everything stops.
 */
export async function askCanary<Item extends Carried>(
  port: DrivePort<Item>,
  { shape, timestampMs }: { readonly shape?: string | undefined; readonly timestampMs?: number | undefined },
): Promise<CanaryAnswer | undefined> {
  const moment = { timestampMs: timestampMs ?? canaryTimeOf(port), number: port.learned.now() }
  const wire = shape === undefined ? leastCanary(moment) : canaryOf(shape, moment)
  if (wire === undefined) return UNKNOWN
  if (!(await takeTurn(port, port.timeoutMs, 'canary'))) return undefined
  const request = {
    what: 'canary',
    items: [],
    wires: [wire],
    validateOnly: true,
    timeoutMs: port.timeoutMs,
    shape,
  } as const
  const sent = await post(port, request)
  if (sent === undefined) return undefined
  const { verdict } = sent
  port.canaryAnswered?.({ shape, verdict })
  await port.commit()
  if (verdict.kind === 'hold') {
    await port.hold(verdict)
    return undefined
  }
  return saidBy(verdict)
}

const UNKNOWN: CanaryAnswer = { kind: 'canary', said: 'unknown' }

function saidBy(verdict: Verdict): CanaryAnswer {
  switch (verdict.kind) {
    case 'delivered':
    case 'recount':
      return { kind: 'canary', said: 'passed' }
    case 'results':
      return verdict.results.some(({ status }) => status === 'refused')
        ? { kind: 'canary', said: 'refused', reason: BY_RELAY }
        : { kind: 'canary', said: 'passed' }
    case 'refused':
      return { kind: 'canary', said: 'refused', reason: verdict.events[0] ?? verdict.reason }
    case 'too_large':
      return { kind: 'canary', said: 'too_large' }
    default:
      return UNKNOWN
  }
}

const BY_RELAY: Reason = { code: 'refused', message: 'A relay refused the canary.', path: '' }

/** Asks named events once more, each between two canaries (canary, event, canary, …), with `validate_only`. */
export async function askNames<Item extends Carried>(
  port: DrivePort<Item>,
  named: readonly Item[],
): Promise<NamesAnswer<Item> | undefined> {
  if (!(await takeTurn(port, port.timeoutMs))) return undefined
  const live = named.filter((item) => port.mayLeave(item))
  if (live.length === 0) {
    port.gate.leave()
    return { kind: 'names', again: new Map(), areWrong: false, isUnknown: true }
  }
  const texts = await port.wires(live)
  const wires = texts.flatMap((text, at) => [canaryBefore(port, live[at]!), text])
  wires.push(canaryBefore(port, live.at(-1)!))
  const sent = await post(port, { what: 'names', items: live, wires, validateOnly: true, timeoutMs: port.timeoutMs })
  if (sent === undefined) return undefined
  await port.commit()
  if (sent.verdict.kind !== 'hold') return readNames(sent.verdict, live)
  await port.hold(sent.verdict)
  return undefined
}

const canaryTimeOf = <Item extends Carried>(port: DrivePort<Item>): number => port.canaryTimeMs?.() ?? port.now()

function canaryBefore<Item extends Carried>(port: DrivePort<Item>, { shape }: Item): string {
  const moment = { timestampMs: canaryTimeOf(port), number: port.learned.now() }
  return canaryOf(shape, moment) ?? leastCanary(moment)
}

/** Events stand at the odd positions. */
function readNames<Item>(verdict: Verdict, asked: readonly Item[]): NamesAnswer<Item> {
  const isJudged = verdict.kind === 'refused' || verdict.kind === 'delivered'
  if (!isJudged) return { kind: 'names', again: new Map(), areWrong: false, isUnknown: true }
  const events = verdict.kind === 'refused' ? verdict.events : []
  const again = new Map<Item, Reason>()
  for (const event of events) if (event.position % 2 === 1) again.set(asked[(event.position - 1) / 2]!, event)
  const areWrong = events.length === 0 || events.some(({ position }) => position % 2 === 0)
  return { kind: 'names', again: areWrong ? new Map() : again, areWrong, isUnknown: false }
}
