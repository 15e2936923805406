import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LifecycleEvents } from '../engine/index.ts'
import type { OutboxStanding } from './row.ts'
import { Watch } from './watch.ts'

interface Watched {
  /** What was told, in order. */
  readonly told: string[]
  /** Looks at the outbox so many seconds after the beginning. */
  look(atSeconds: number, oldest: OutboxStanding['oldest'], waiting?: number): Promise<void>
  /** It could not be looked at. */
  fails(atSeconds: number, error?: Error): void
}

function watch(): Watched {
  const told: string[] = []
  const events = new LifecycleEvents()
  events.on('outbox:waits', ({ outbox, waiting, oldestMs, message }) =>
    told.push(`${outbox} waits ${waiting} ${oldestMs} ${message}`),
  )
  events.on('outbox:flows', ({ outbox }) => told.push(`${outbox} flows`))
  let nowMs = 0
  const watched = new Watch({
    outbox: { name: 'shop', url: 'postgres://taker:secret@shop.internal/shop', pixels: '*' },
    events,
    runtime: { monotonic: () => nowMs },
  })
  return {
    told,
    look: (atSeconds, oldest, waiting = oldest === undefined ? 0 : 1) => {
      nowMs = atSeconds * 1_000
      return watched.look({ standing: () => Promise.resolve({ version: 1, waiting, isMore: false, oldest }) })
    },
    fails: (atSeconds, error = new Error('connect ECONNREFUSED')) => {
      nowMs = atSeconds * 1_000
      watched.failed(error)
    },
  }
}

const at = (place: bigint, ageSeconds: number): OutboxStanding['oldest'] => ({ place, ageMs: ageSeconds * 1_000 })

describe('the alarm of an outbox', () => {
  it('is told once when one event waits for longer than a minute, and when it was taken', async () => {
    const { told, look } = watch()
    await look(0, at(7n, 10))
    await look(50, at(7n, 60))
    assert.deepEqual(told, [])
    await look(55, at(7n, 65), 3)
    await look(60, at(7n, 70), 3)
    assert.deepEqual(told, ['shop waits 3 65000 undefined'])
    await look(65, undefined)
    await look(70, undefined)
    assert.deepEqual(told.slice(1), ['shop flows'])
  })

  it('is told again for the next time', async () => {
    const { told, look } = watch()
    for (const [seconds, oldest] of [
      [0, at(1n, 61)],
      [5, at(1n, 66)],
      [10, undefined],
      [15, at(2n, 61)],
      [20, at(2n, 66)],
    ] as const)
      await look(seconds, oldest)
    assert.deepEqual(told, ['shop waits 1 66000 undefined', 'shop flows', 'shop waits 1 66000 undefined'])
  })

  it('is not told of a transaction that was open for long and has just committed', async () => {
    const { told, look } = watch()
    await look(0, at(7n, 600))
    await look(5, at(9n, 300))
    assert.deepEqual(told, [])
  })

  it('goes on while something else waits for as long', async () => {
    const { told, look } = watch()
    await look(0, at(7n, 100))
    await look(5, at(7n, 105))
    await look(10, at(8n, 90))
    assert.deepEqual(told, ['shop waits 1 105000 undefined'])
  })

  it('is told when nobody could look for a minute, with the words of the database and no address', async () => {
    const { told, look, fails } = watch()
    fails(0)
    fails(59)
    assert.deepEqual(told, [])
    fails(
      60,
      Object.assign(new Error('no way to postgres://taker:secret@shop.internal/shop'), { code: 'ECONNREFUSED' }),
    )
    assert.deepEqual(told, ['shop waits undefined undefined no way to [address] (ECONNREFUSED)'])
    await look(61, undefined)
    assert.deepEqual(told.slice(1), ['shop flows'])
  })

  it('begins anew after a look that worked', async () => {
    const { told, look, fails } = watch()
    fails(0)
    await look(30, undefined)
    fails(70)
    fails(129)
    assert.deepEqual(told, [])
  })

  it('looks every five seconds at most, however often it is asked', async () => {
    const seen: number[] = []
    let nowMs = 0
    const watched = new Watch({
      outbox: { name: 'shop', url: '', pixels: '*' },
      events: new LifecycleEvents(),
      runtime: { monotonic: () => nowMs },
      onLooked: ({ waiting }) => seen.push(waiting),
    })
    const standing = (): Promise<OutboxStanding> =>
      Promise.resolve({ version: 1, waiting: nowMs, isMore: false, oldest: undefined })
    for (nowMs = 0; nowMs <= 10_000; nowMs += 100) await watched.look({ standing })
    assert.deepEqual(seen, [0, 5_000, 10_000])
  })
})
