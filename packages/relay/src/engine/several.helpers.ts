import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { createEmulator, type Emulator } from '@waybill/emulator'
import type { Store } from '../store/index.ts'
import { type MemoryData, memoryData, memoryStore } from '../store/memory/index.ts'
import { Engine, type PixelConfig, type Role } from './index.ts'
import { Standstill } from './standstill.ts'
import { type Answering, fetchInto, pixelConfig, type Sent, START_MS, touching } from './virtual-engine.helpers.ts'
import { VirtualTime } from './virtual-time.ts'

/** One relay of several: it can stand still as a stopped process does, and die. */
export interface VirtualRelay {
  readonly name: string
  readonly engine: Engine
  readonly store: Store
  readonly still: Standstill
  readonly told: readonly { readonly type: string; readonly atMs: number; readonly about: object }[]
  /** Nothing of it happens any more. */
  kill(): void
}

export interface Several {
  readonly time: VirtualTime
  /** Moves the clock that the store has, away from the true one. */
  readonly storeClock: { shiftMs: number }
  readonly relays: readonly VirtualRelay[]
  /** Every request with events that were brought, and which relay sent it. */
  readonly sent: readonly (Sent & { readonly relay: string })[]
  start(name: string, role?: Role): VirtualRelay
  bring(relay: VirtualRelay, events: readonly unknown[], pixel?: string): Promise<void>
  run(forMs: number): Promise<void>
  /** Which relay has a pixel. */
  ownerOf(pixel: string): Promise<string | undefined>
}

export interface SeveralOptions {
  readonly names?: readonly string[]
  readonly pixels?: readonly Partial<PixelConfig>[]
  readonly answer?: Answering
  /** Stands between a relay and the store. */
  readonly store?: (store: Store, name: string) => Store
}

/** What the stories tell of. */
const TOLD = [
  'pixel:claimed',
  'pixel:left',
  'chores:claimed',
  'claims:ended',
  'claims:renewed',
  'event:delivered',
  'event:expired',
] as const

/** What the relays of a test share. */
interface World {
  readonly options: SeveralOptions
  readonly time: VirtualTime
  readonly data: MemoryData
  readonly storeClock: { shiftMs: number }
  readonly emulator: Emulator
  readonly sent: (Sent & { readonly relay: string })[]
}

/** Several relays on one data set in memory, on a clock that the test moves. */
export function startSeveral(context: TestContext, options: SeveralOptions = {}): Several {
  const time = new VirtualTime(START_MS)
  const emulator = createEmulator({ now: () => time.trueMs })
  const world: World = { options, time, emulator, data: memoryData(), storeClock: { shiftMs: 0 }, sent: [] }
  const relays: VirtualRelay[] = []
  const start = (name: string, role: Role = 'all'): VirtualRelay => {
    const relay = startRelay(world, name, role)
    relays.push(relay)
    return relay
  }
  for (const name of options.names ?? ['a', 'b']) start(name)
  context.after(async () => {
    for (const relay of relays) await end(relay, time)
  })
  const { storeClock, sent, data } = world
  return {
    ...{ time, storeClock, relays, sent, start },
    async run(forMs) {
      const untilMs = time.elapsedMs + forMs
      while (await time.step(untilMs));
    },
    async bring({ engine }, events, pixel = 'px') {
      await engine.accept({ pixel, contract: '2026-06', events, source: 'test' })
      time.touch()
    },
    async ownerOf(pixel) {
      const reader = memoryStore({ data, several: {} })
      return (await reader.claims!.owners()).find(({ what }) => what === pixel)?.name
    },
  }
}

function startRelay(
  { options, time, data, storeClock, emulator, sent }: World,
  name: string,
  role: Role,
): VirtualRelay {
  const { pixels = [{}], answer = (_sent, judge) => judge(), store: between = (one) => one } = options
  const still = new Standstill()
  let isDead = false
  const clock = (): number => time.elapsedMs + storeClock.shiftMs
  const store = memoryStore({ data, monotonicMs: () => time.elapsedMs, several: { clock } })
  const push = (one: Sent): number => sent.push(Object.assign(one, { relay: name }))
  const fetch = fetchInto({ time, emulator, answer, canaries: [], sent: Object.assign([], { push }) })
  const clocks = time.runtime(
    () => 0.5,
    () => isDead,
  )
  const engine = new Engine({
    store: still.store(touching(between(store, name), time)),
    pixels: pixels.map(pixelConfig),
    runtime: still.runtime(clocks),
    fetch: still.fetch(fetch),
    relayName: name,
    role,
  })
  const told: { type: string; atMs: number; about: object }[] = []
  for (const type of TOLD) engine.events.on(type, (about) => void told.push({ type, atMs: time.elapsedMs, about }))
  engine.start()
  const kill = (): void => {
    isDead = true
    still.stop()
  }
  return { name, engine, store, still, told, kill }
}

async function end({ engine, kill }: VirtualRelay, time: VirtualTime): Promise<void> {
  let isRunning = true
  void engine.stop(0).then(() => {
    isRunning = false
  })
  for (let steps = 0; isRunning && steps < 200; steps++) await time.step(time.elapsedMs + 1_000)
  kill()
}

/** The relay that has a pixel, and the other. */
export async function ownerAndOther({ relays, ownerOf }: Several, pixel = 'px'): Promise<[VirtualRelay, VirtualRelay]> {
  const name = await ownerOf(pixel)
  const owner = relays.find((one) => one.name === name)
  assert.ok(owner, `${pixel} has no owner`)
  return [owner, relays.find((one) => one !== owner)!]
}
