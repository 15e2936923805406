import { type SettleCall, type Store, StoreFullError } from '../store/index.ts'
import type { Runtime } from './runtime.ts'

const LOOK_AGAIN_MS = 1_000
const LEASE_MS = 60_000

/**
 * The store as delivery sees it: while the disk is full it waits for room instead of failing, so that an answer that came is not
 * forgotten and deliveries go on when space returns. Intake is told at once, and so is everybody who calls while the engine stops.
 */
export function patientStore(store: Store, runtime: Runtime, stopping: AbortSignal): Store {
  const wait: Wait = (call, meanwhile) => untilRoom(call, { runtime, stopping, meanwhile })
  return new Proxy(store, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown
      if (typeof member !== 'function') return member
      const call = (...args: unknown[]): unknown => Reflect.apply(member, target, args)
      if (name === 'accept' || name === 'close') return call
      if (name === 'settle') return (settlement: SettleCall) => settlePatiently(target, settlement, wait)
      return (...args: unknown[]) => wait(() => call(...args))
    },
  })
}

type Wait = (call: () => unknown, meanwhile?: () => Promise<unknown>) => Promise<unknown>

/** The lease is kept meanwhile: if it ran out, events of which we know that they were delivered would be sent again. */
function settlePatiently(store: Store, settlement: SettleCall, wait: Wait): Promise<unknown> {
  return wait(
    () => store.settle(settlement),
    () => store.extend(settlement.token, LEASE_MS),
  )
}

interface Waiting {
  readonly runtime: Runtime
  readonly stopping: AbortSignal
  readonly meanwhile?: (() => Promise<unknown>) | undefined
}

async function untilRoom(call: () => unknown, { runtime, stopping, meanwhile }: Waiting): Promise<unknown> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof StoreFullError) || stopping.aborted) throw error
      await meanwhile?.()
      await runtime.sleep(LOOK_AGAIN_MS, stopping)
    }
  }
}
