import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { countingSignal } from './counting-signal.cases.ts'
import { createFakeRuntime } from './fake-runtime.cases.ts'
import { type Runtime, systemRuntime } from './runtime.ts'

for (const [name, create] of Object.entries({ 'the system': () => systemRuntime, 'the fake one': createFakeRuntime })) {
  describe(`a runtime's sleep: ${name}`, () => {
    it('ends at once when the signal aborted before, and when it aborts', async () => {
      const runtime: Runtime = create()
      await runtime.sleep(3_600_000, AbortSignal.abort())
      const stop = new AbortController()
      const sleeping = runtime.sleep(3_600_000, stop.signal)
      stop.abort()
      await sleeping
    })
    it('ends by itself and leaves no listener', async () => {
      const signal = countingSignal()
      await create().sleep(1, signal)
      assert.equal(signal.listeners(), 0)
    })
    it('longer than a timer can be does not end at once', async () => {
      const stop = new AbortController()
      let ended = false
      const sleeping = create()
        .sleep(Number.MAX_SAFE_INTEGER, stop.signal)
        .then(() => {
          ended = true
        })
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
      assert.equal(ended, false)
      stop.abort()
      await sleeping
    })
  })
}

describe('the fake runtime', () => {
  it('wakes sleepers in the order of their end', async () => {
    const runtime = createFakeRuntime()
    const woken: string[] = []
    const nap = async (ms: number, name: string): Promise<void> => {
      await runtime.sleep(ms)
      woken.push(`${name} at ${runtime.elapsedMs()}`)
    }
    await Promise.all([nap(300, 'c'), nap(100, 'a').then(() => nap(100, 'b'))])
    assert.deepEqual(woken, ['a at 100', 'b at 200', 'c at 300'])
  })
})
