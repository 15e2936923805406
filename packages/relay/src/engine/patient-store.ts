import { type Store, StoreFullError } from '../store/index.ts'
import type { Runtime } from './runtime.ts'

const LOOK_AGAIN_MS = 1_000

/**
 * The store as delivery sees it: while the disk is full it waits for room instead of failing, so that an answer that came is not
 * forgotten and deliveries go on when space returns. Intake is told at once, and so is everybody who calls while the engine stops.
 */
export function patientStore(store: Store, runtime: Runtime, stopping: AbortSignal): Store {
  return new Proxy(store, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown
      if (typeof member !== 'function') return member
      const call = (...args: unknown[]): unknown => Reflect.apply(member, target, args)
      return name === 'accept' || name === 'close'
        ? call
        : (...args: unknown[]) => untilRoom(() => call(...args), runtime, stopping)
    },
  })
}

async function untilRoom(call: () => unknown, runtime: Runtime, stopping: AbortSignal): Promise<unknown> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof StoreFullError) || stopping.aborted) throw error
      await runtime.sleep(LOOK_AGAIN_MS, stopping)
    }
  }
}
