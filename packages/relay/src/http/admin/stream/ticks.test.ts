import assert from 'node:assert/strict'
import type { Readable } from 'node:stream'
import { test } from 'node:test'
import { Ticks } from './ticks.ts'

interface World {
  readonly ticks: Ticks
  readonly made: (readonly string[] | undefined)[]
  /** Lets a second pass. */
  second(): Promise<void>
  stop(): void
}

function world(make?: (pixels: readonly string[] | undefined) => Promise<object>): World {
  const made: (readonly string[] | undefined)[] = []
  const sleepers = new Set<() => void>()
  const stopping = new AbortController()
  const ticks = new Ticks({
    now: () => 1_000,
    signal: stopping.signal,
    maxReaders: 3,
    sleep: (_ms, signal) =>
      new Promise((resolve) => {
        sleepers.add(resolve)
        signal.addEventListener('abort', () => resolve())
      }),
    make:
      make ??
      (async (pixels) => {
        made.push(pixels)
        return { commit: made.length }
      }),
  })
  const second = async (): Promise<void> => {
    const all = [...sleepers]
    sleepers.clear()
    for (const wake of all) wake()
    await settled()
  }
  return { ticks, made, second, stop: () => stopping.abort() }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate)
}

function typesIn(body: Readable | undefined): () => string[] {
  let text = ''
  body?.on('data', (chunk: string) => {
    text += chunk
  })
  return () => [...text.matchAll(/"type":"([\w:]+)"/g)].map(([, type]) => type!)
}

test('ten readers of the same pixels cost one tick a second, readers of others one of their own, nobody none', async () => {
  const { ticks, made, second } = world()
  const [all, same, one] = [ticks.open(undefined), ticks.open(undefined), ticks.open(['px'])]
  const seen = [all, same, one].map(typesIn)
  await settled()
  assert.deepEqual(made, [undefined, ['px']])
  await second()
  assert.deepEqual(made, [undefined, ['px'], undefined, ['px']])
  for (const types of seen) assert.deepEqual(types(), ['stream:opened', 'tick', 'tick'])
  assert.equal(ticks.open(undefined), undefined)
  for (const body of [all, same, one]) body?.destroy()
  await settled()
  await second()
  assert.equal(made.length, 4)
})

test('a tick that hangs is not asked for again, and one that fails ends nothing', async () => {
  let asked = 0
  const { ticks, second } = world(() => {
    asked += 1
    return asked === 1 ? Promise.reject(new Error('busy')) : new Promise(() => {})
  })
  const types = typesIn(ticks.open(undefined))
  await settled()
  for (let count = 0; count < 3; count += 1) await second()
  assert.deepEqual([asked, types()], [2, ['stream:opened']])
})

test('when the relay stops every reader is told', async () => {
  const { ticks, stop } = world()
  const types = typesIn(ticks.open(['px']))
  await settled()
  stop()
  await settled()
  assert.equal(types().at(-1), 'stream:ended')
})
