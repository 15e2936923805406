import { type Asked, askCanary, type Carried } from 'waybill/delivery'
import type { PixelDelivery } from './pixel-delivery.ts'
import { RequestPort, recordOf } from './request-port.ts'

/** What a pixel's API said to an event of ours that it was to judge and not to store. */
export interface PixelTest {
  readonly passed: boolean
  readonly status: number | undefined
  readonly verdict: string
  readonly code: string | undefined
  readonly message: string | undefined
  readonly durationMs: number
  readonly requestId: string | undefined
}

/**
 * Asks the API with the least canary whether key, pixel and way are right: also while the pixel is held, but never within a pause that the
 * API asked for. Holds nobody. `undefined` when the signal aborted first.
 */
export async function testPixel(pixel: PixelDelivery, signal: AbortSignal): Promise<PixelTest | undefined> {
  if (!pixel.parts.ownership.mayBegin(pixel.id)) return ELSEWHERE
  const port = new TestPort(pixel, signal)
  const answer = await askCanary(port, {})
  const { record } = port
  if (record === undefined) return undefined
  const { status, verdict, code, message, durationMs, requestId } = record
  return { passed: answer?.said === 'passed', status, verdict, code, message, durationMs, requestId }
}

/** Only the relay that delivers a pixel knows what its API asked for. */
const ELSEWHERE: PixelTest = {
  passed: false,
  status: undefined,
  verdict: 'not_asked',
  code: 'delivered_elsewhere',
  message: 'This relay does not deliver the pixel now; ask at the one that waybill status names.',
  durationMs: 0,
  requestId: undefined,
}

class TestPort extends RequestPort<Carried> {
  readonly #waitSignal: AbortSignal
  record: ReturnType<typeof recordOf> | undefined

  constructor(pixel: PixelDelivery, waitSignal: AbortSignal) {
    super(pixel, { mayHold: false })
    this.#waitSignal = waitSignal
  }

  /** The operator who holds a pixel may still ask whether it would go. */
  override get waitSignal(): AbortSignal {
    return this.#waitSignal
  }

  override mayBegin(): boolean {
    return !this.#waitSignal.aborted
  }

  override asked(request: Asked<Carried>): void {
    super.asked(request)
    this.record = recordOf(this.pixel, request, [])
  }
}
