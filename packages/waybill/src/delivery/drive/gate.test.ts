import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { countingSignal } from '../../client/counting-signal.cases.ts'
import { createFakeRuntime, type FakeRuntime } from '../../client/fake-runtime.cases.ts'
import type { Verdict } from '../verdict.ts'
import { Gate } from './gate.ts'

const BROKEN: Verdict = { kind: 'retry', ambiguous: true, isFailure: true, slowDown: false, why: 'x' }
const BUSY: Verdict = { kind: 'retry', ambiguous: false, isFailure: false, slowDown: true, why: 'x' }
const createGate = (concurrency: number, runtime: FakeRuntime, maxRequestsPerSecond?: number): Gate =>
  new Gate(() => ({ concurrency, ...(maxRequestsPerSecond !== undefined && { maxRequestsPerSecond }) }), {
    monotonic: () => runtime.now(),
    sleep: (ms, signal) => runtime.sleep(ms, signal),
  })
const pause = (ms: number): { leftMs: number; delayMs: () => number } => ({ leftMs: 0, delayMs: () => ms })
const never = new AbortController().signal

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve()
}

describe('a gate', () => {
  it('lets as many requests out as it is told, and the next when one comes back', async () => {
    const gate = createGate(2, createFakeRuntime())
    let entered = 0
    const enter = async (): Promise<void> => {
      await gate.enter(never)
      entered += 1
    }
    const all = [enter(), enter(), enter(), enter()]
    await turns()
    assert.equal(entered, 2)
    gate.leave()
    await turns()
    assert.equal(entered, 3)
    gate.leave()
    await Promise.all(all)
    assert.equal(entered, 4)
  })

  it('lets single requests out after three failures in a row', async () => {
    const gate = createGate(4, createFakeRuntime())
    for (let failure = 0; failure < 3; failure++) gate.learn(BROKEN, pause(9_000))
    assert.equal(await gate.enter(never), true)
    let second = false
    void gate.enter(never).then(() => {
      second = true
    })
    await turns()
    assert.equal(second, false)
    gate.leave()
    await turns()
    assert.equal(second, true)
  })

  it('lets nothing out before the pause that the API asked for is over', async () => {
    const runtime = createFakeRuntime()
    const gate = createGate(4, runtime)
    gate.learn(BUSY, pause(9_000))
    await gate.enter(never)
    assert.equal(runtime.elapsedMs(), 9_000)
  })

  it('lets a canary out during a pause of our own, and not during one that the API asked for', async () => {
    const runtime = createFakeRuntime()
    const broken = createGate(4, runtime)
    for (let failure = 0; failure < 3; failure++) broken.learn(BROKEN, pause(9_000))
    await broken.enter(never, 'canary')
    assert.equal(runtime.elapsedMs(), 0)
    const busy = createGate(4, runtime)
    busy.learn(BUSY, pause(9_000))
    await busy.enter(never, 'canary')
    assert.equal(runtime.elapsedMs(), 9_000)
  })

  it('lets so many out a second', async () => {
    const runtime = createFakeRuntime()
    const gate = createGate(100, runtime, 10)
    for (let request = 0; request < 11; request++) await gate.enter(never)
    assert.equal(runtime.elapsedMs(), 1_000)
  })

  it('turns who waits away when the send is stopped, and takes nothing for that', async () => {
    const gate = createGate(1, createFakeRuntime())
    const stop = new AbortController()
    await gate.enter(never)
    const waiting = gate.enter(stop.signal)
    stop.abort()
    assert.equal(await waiting, false)
    gate.leave()
    assert.equal(await gate.enter(never), true)
  })

  it('leaves no listener on the signal of a send that waits a thousand times', async () => {
    const gate = createGate(1, createFakeRuntime())
    const signal = countingSignal()
    for (let round = 0; round < 1_000; round++) {
      await gate.enter(signal)
      const next = gate.enter(signal)
      await turns()
      gate.leave()
      await next
      gate.leave()
    }
    assert.equal(signal.listeners(), 0)
  })

  it('goes on at the pace of another gate, whose clock began at another time', async () => {
    const [there, here] = [createFakeRuntime(), createFakeRuntime()]
    const before = createGate(4, there, 0.1)
    await before.enter(never)
    before.learn(BUSY, pause(600_000))
    before.leave()
    const [note, written] = [before.note(), there.now()]
    await here.sleep(1_000_000)
    const after = createGate(4, here)
    const agoMs = 60_000
    after.recall(note, here.now() - agoMs - written)
    assert.equal(after.standing().waitsMs, 540_000)
    assert.equal(after.isPaused('canary'), true)
    const asked = after.note()
    assert.equal(asked.isProbing, true)
    assert.equal(asked.inFlight, 2)
    assert.equal(asked.nextAtMs, here.now() - agoMs + 10_000, 'and the requests of the present seconds count')
  })

  it('takes no more requests at a time from a note than it is set to', () => {
    const gate = createGate(1, createFakeRuntime())
    gate.recall(createGate(8, createFakeRuntime()).note(), 0)
    assert.equal(gate.note().inFlight, 1)
  })

  it('tells of a pause that began after a turn was given', async () => {
    const gate = createGate(2, createFakeRuntime())
    await gate.enter(never)
    assert.equal(gate.isPaused('turn'), false)
    gate.learn(BUSY, pause(1_000))
    assert.equal(gate.isPaused('turn'), true)
  })
})
