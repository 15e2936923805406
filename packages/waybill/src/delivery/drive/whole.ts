import type { Carried, DrivePort } from './port.ts'
import { post, takeTurn } from './request.ts'

/** Events that go out in one request as they stand. */
export interface Whole {
  /** The body in UTF-8: what stands before the events, their JSON with commas between them, what stands behind. Called once. */
  body(start: string, end: string): Uint8Array
  /** Of their JSON, in UTF-8. */
  readonly bytes: number
  /** How many they are. */
  readonly events: number
  /** Their shapes, each once. */
  readonly shapes: readonly string[]
  /** How long they may still be tried, milliseconds. */
  readonly timeLeftMs: number
  /** Called when it is their turn, before they leave. */
  leaving(): Promise<void>
}

/** `apart`: nothing of it is stored, and each event is to be sent by itself; `unknown`: the same, but all of it may be stored. */
export type WholeEnd = 'delivered' | 'apart' | 'unknown'

/**
 * Sends events in one request and asks for nothing more: what any answer but a plain delivery means for each of them is found out by
 * who sends them as a batch.
 */
export async function sendWhole<Item extends Carried>(port: DrivePort<Item>, whole: Whole): Promise<WholeEnd> {
  if (!(await takeTurn(port, port.timeoutMs))) return 'apart'
  try {
    await whole.leaving()
  } catch (error) {
    port.gate.leave()
    throw error
  }
  const timeoutMs = Math.max(1, Math.min(port.timeoutMs, whole.timeLeftMs))
  const request = { what: 'deliver', items: [], validateOnly: false, timeoutMs } as const
  const wires = (start: string, end: string): Uint8Array => whole.body(start, end)
  const sent = await post(port, { ...request, wires, events: whole.events })
  if (sent === undefined) return 'unknown'
  const { answer, verdict } = sent
  if (verdict.kind === 'hold') await port.hold(verdict)
  if (verdict.kind !== 'delivered') {
    const isStored = answer.kind === 'response' && answer.status === 200
    return isStored || (verdict.kind === 'retry' && verdict.ambiguous) ? 'unknown' : 'apart'
  }
  port.learned.bodyPassed(whole.bytes)
  for (const shape of whole.shapes) port.learned.eventPassed(shape)
  return 'delivered'
}
