import { isPassing, type SettleCall, type Store, unlessPassing } from '../store/index.ts'
import { LEASE_MS } from './leased-batch.ts'
import type { Runtime } from './runtime.ts'

const LOOK_AGAIN_MS = 1_000

/**
 * The store as delivery sees it: while the disk is full or the store cannot be reached it waits instead of failing, so that an answer that
 * came is not forgotten and deliveries go on afterwards. Intake is told at once, and so is everybody who calls while the engine stops.
 */
export function patientStore(store: Store, runtime: Runtime, stopping: AbortSignal): Store {
  const settling = new Set<Promise<unknown>>()
  const wait: Wait = (call, meanwhile) => untilItPasses(call, { runtime, stopping, meanwhile })
  return new Proxy(store, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown
      if (typeof member !== 'function') return member
      const call = (...args: unknown[]): unknown => Reflect.apply(member, target, args)
      if (name === 'accept' || name === 'close') return call
      if (name === 'settle')
        return (settlement: SettleCall) => during(settling, settlePatiently(target, settlement, wait))
      // An answer that waits to be written comes before its lease is given to somebody else.
      if (name === 'reclaim') return () => wait(() => Promise.allSettled(settling).then(() => target.reclaim()))
      return (...args: unknown[]) => wait(() => call(...args))
    },
  })
}

function during<Value>(under: Set<Promise<unknown>>, work: Promise<Value>): Promise<Value> {
  under.add(work)
  return work.finally(() => under.delete(work))
}

type Wait = (call: () => unknown, meanwhile?: () => Promise<unknown>) => Promise<unknown>

/**
 * The lease is kept meanwhile, where that can be written: if it ran out, events of which we know that they were delivered would be sent
 * again. Where it is gone by then, the request is kept all the same, so that its events count as perhaps stored.
 */
function settlePatiently(store: Store, settlement: SettleCall, wait: Wait): Promise<unknown> {
  return wait(
    () => store.settle(settlement),
    // What fails for the same cause as the call that is waited with is no news.
    () => unlessPassing(() => store.extend(settlement.token, LEASE_MS)),
  )
}

interface Waiting {
  readonly runtime: Runtime
  readonly stopping: AbortSignal
  readonly meanwhile?: (() => Promise<unknown>) | undefined
}

async function untilItPasses(call: () => unknown, { runtime, stopping, meanwhile }: Waiting): Promise<unknown> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (!isPassing(error) || stopping.aborted) throw error
      await meanwhile?.()
      await runtime.sleep(LOOK_AGAIN_MS, stopping)
    }
  }
}
