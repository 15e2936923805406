import type { Engine, Runtime } from '../engine/index.ts'
import { QueueBound } from '../http/index.ts'
import type { Metrics } from '../observe/index.ts'
import type { Store } from '../store/index.ts'
import type { Live } from './live.ts'

export interface OutboxParts {
  readonly live: Live
  readonly store: Store
  readonly engine: Engine
  readonly runtime: Runtime
  readonly metrics: Metrics
}

/** Starts to take from every shop's outbox that is configured; gives what ends it. */
export async function startOutboxes(parts: OutboxParts): Promise<() => Promise<void>> {
  const { live, store, engine, runtime, metrics } = parts
  if (live.config.outboxes.length === 0) return async () => {}
  // The client of PostgreSQL is loaded only where there is one.
  const { OutboxTaker } = await import('../outbox/index.ts')
  const bound = new QueueBound({
    counts: () => store.counts(),
    maxQueuedEvents: () => live.config.settings.maxQueuedEvents,
  })
  const takers = live.config.outboxes.map(
    (outbox) =>
      new OutboxTaker({
        outbox,
        store,
        runtime,
        events: engine.events,
        onLooked: (seen) => metrics.outbox(seen),
        keep: (judged) => engine.keep(judged),
        now: () => engine.clock.now(),
        fallbackPixel: () => live.config.pixels[0]!.pixelId,
        isFull: () => bound.isFull(),
        rulesOf(pixelId) {
          const pixel = live.pixelOf(pixelId)
          if (pixel === undefined) return undefined
          const { contract, invalidIdentity = 'drop' } = pixel
          return engine.bounded({ pixel: pixelId, contract, invalidIdentity })
        },
      }),
  )
  return async () => {
    await Promise.all(takers.map((taker) => taker.stop()))
  }
}
