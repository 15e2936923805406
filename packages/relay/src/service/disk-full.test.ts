import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import {
  type Answering,
  errorResponse,
  MINUTE_MS,
  type Sent,
  startVirtual,
  virtualOrders,
} from '../engine/virtual-engine.helpers.ts'
import { type Store, StoreFullError } from '../store/index.ts'
import { readValue } from '../store/sqlite/database.ts'
import { faultyDatabase } from '../store/sqlite/faulty-database.ts'
import { openSqliteStore } from '../store/sqlite/index.ts'
import { type Disk, keepReserve } from './disk-reserve.ts'
import { type Asked, deferred, orders, type Relay, startRelay } from './service.helpers.ts'

interface SmallDisk {
  readonly relay: Relay
  /** Lets the API answer. */
  letAnswer(): void
  /** Lets the file grow by so many pages from now on. */
  allow(pages: number): void
}

const PAGE_BYTES = 4_096

/**
 * A relay whose file may grow by so many pages, and whose API answers when it is let. `isTold`: the room that is left can be seen, as that
 * of a disk can; otherwise only a failing write shows it, as with a quota.
 */
async function startOnSmallDisk(context: TestContext, pages: number, isTold: boolean): Promise<SmallDisk> {
  const faulty = faultyDatabase()
  const answering = deferred<void>()
  const pragma = (name: string): number => Number(readValue(faulty.database(), `PRAGMA ${name}`))
  const look = (): Disk | undefined => {
    const most = pragma('max_page_count')
    const free = most - pragma('page_count') + pragma('freelist_count')
    return isTold ? { freeBytes: free * PAGE_BYTES, totalBytes: most * PAGE_BYTES } : undefined
  }
  const relay = await startRelay(context, {
    env: { WAYBILL_PREFLIGHT: 'never' },
    async open({ dataDir, onBroken }) {
      mkdirSync(dataDir, { recursive: true })
      const path = join(dataDir, 'waybill.db')
      return keepReserve(await openSqliteStore({ path, connect: faulty.connect, onBroken }), { look })
    },
    fetch: async (input, init) => {
      await answering.promise
      return fetch(input, init)
    },
  })
  const allow = (more: number): void => {
    faulty.database().exec(`PRAGMA max_page_count = ${pragma('page_count') + more}`)
  }
  allow(pages)
  return { relay, letAnswer: () => answering.resolve(), allow }
}

const BATCH = 50
/** A batch that is turned away may be followed by one that still fits; several in a row mean that the disk is full. */
const TURNED_AWAY = 5

/** Brings batches until the disk is full; gives the last answers and the ids that were acknowledged. */
async function fill(relay: Relay, prefix: string): Promise<{ refusals: readonly Asked[]; acknowledged: string[] }> {
  const acknowledged: string[] = []
  let refusals: Asked[] = []
  for (let number = 0; refusals.length < TURNED_AWAY; number++) {
    assert.ok(number < 1_000, 'it never became full')
    const events = orders(BATCH, `${prefix}${number}`)
    const answer = await relay.bring(events)
    if (answer.status === 200) {
      assert.equal(answer.json.accepted_events, BATCH)
      acknowledged.push(...events.map(({ id }) => id))
      refusals = []
    } else refusals.push(answer)
  }
  return { refusals, acknowledged }
}

/** Each is answered 503 with a time to come back; the relay is alive and everything is accounted for. */
async function assertFull(relay: Relay, refusals: readonly Asked[]): Promise<void> {
  for (const { status, headers, json } of refusals) {
    assert.equal(status, 503)
    assert.ok(Number(headers.get('retry-after')) > 0)
    assert.match(json.error.message, /no room/)
  }
  assert.equal((await relay.ask('/healthz')).status, 200)
  assert.equal((await relay.ask('/api/status')).json.counts.unaccounted, 0)
  assert.match(relay.log(), /no room to keep events: intake answers 503/)
  assert.match((await relay.ask('/metrics')).text, /^waybill_turned_away_total\{status="503"\} [1-9]/m)
}

/** Waits until all is delivered; the API stored each acknowledged event once, and nothing of a batch that was turned away. */
async function assertDelivered(relay: Relay, acknowledged: readonly string[]): Promise<void> {
  while ((await relay.store.counts()).delivered < acknowledged.length) await new Promise(setImmediate)
  const stored = relay.api.emulator.events()
  assert.deepEqual(stored.map(({ event }) => event.id).sort(), [...acknowledged].sort())
  assert.ok(stored.every(({ received }) => received === 1))
  assert.deepEqual(relay.failures, [])
  assert.deepEqual(await relay.store.check(), [])
}

/**
 * - the API hangs, and intake is filled until the disk is full: 503 with Retry-After, for each that comes from then on
 * - the API answers: deliveries go on although the disk is full, and what was delivered lets intake go on
 * - the disk is full again and grows: intake goes on, in the same process
 */
test('a full disk: intake answers 503, nothing acknowledged is lost, deliveries go on, and it recovers without a restart', async (context) => {
  const { relay, letAnswer, allow } = await startOnSmallDisk(context, 800, true)
  const first = await fill(relay, 'first')
  assert.ok(first.acknowledged.length >= 1_000)
  await assertFull(relay, first.refusals)
  letAnswer()
  await assertDelivered(relay, first.acknowledged)
  const second = orders(BATCH, 'second')
  assert.equal((await relay.bring(second)).status, 200, 'what was delivered lets intake go on')
  allow(10_000)
  const third = orders(1_000, 'third')
  assert.equal((await relay.bring(third)).status, 200)
  await assertDelivered(relay, [...first.acknowledged, ...[...second, ...third].map(({ id }) => id)])
})

/**
 * - nobody can see how much room is left; a write fails when the last page is gone
 * - answers of the API wait in memory until there is room, and are written then; nothing goes out twice
 */
test('a quota that nobody can see: intake answers 503, and when it is raised everything goes on, without a restart', async (context) => {
  const { relay, letAnswer, allow } = await startOnSmallDisk(context, 80, false)
  const first = await fill(relay, 'first')
  assert.ok(first.acknowledged.length > 2 * BATCH)
  await assertFull(relay, first.refusals)
  const answered = relay.next('request:answered')
  letAnswer()
  await answered
  allow(1_000)
  const last = orders(BATCH, 'last')
  assert.equal((await relay.bring(last)).status, 200)
  await assertDelivered(relay, [...first.acknowledged, ...last.map(({ id }) => id)])
})

/**
 * - the disk is nearly full while events wait: intake is turned away although SQLite could still write, and deliveries go on
 * - when few wait, or the disk has room again, intake goes on
 */
test('the last of the disk is kept for writing down deliveries', async (context) => {
  let disk: Disk | undefined = { freeBytes: 1e9, totalBytes: 1e12 }
  let nowMs = 0
  const answering = deferred<void>()
  const relay = await startRelay(context, {
    env: { WAYBILL_PREFLIGHT: 'never' },
    store: (store) => keepReserve(store, { look: () => disk, monotonic: () => nowMs }),
    fetch: async (input, init) => {
      await answering.promise
      return fetch(input, init)
    },
  })
  const bring = async (prefix: string, changed: Disk | undefined): Promise<number> => {
    disk = changed
    nowMs += 100
    return (await relay.bring(orders(999, prefix))).status
  }
  const low = { freeBytes: 60e6, totalBytes: 1e12 }
  assert.equal(await bring('few', low), 200, 'few wait')
  assert.equal(await bring('more', low), 200, 'still few')
  assert.equal(await bring('many', low), 503)
  assert.equal(await bring('unknown', undefined), 200, 'nobody can say')
  assert.equal(await bring('small', { freeBytes: 60e6, totalBytes: 100e6 }), 200, 'a small disk, more than half free')
  assert.equal(await bring('smaller', { freeBytes: 49e6, totalBytes: 100e6 }), 503)
  const delivered = relay.next('event:delivered', 4 * 999)
  answering.resolve()
  await delivered
  assert.equal(await bring('again', low), 200, 'what waited is gone')
})

/** What can be written even on a full disk changes nothing, and so does not fail. */
const WRITES: ReadonlySet<string | symbol> = new Set(['accept', 'settle', 'recordRequest', 'holdPixel', 'holdShape'])

function fullWhile(store: Store, isFull: () => boolean): Store {
  return new Proxy(store, {
    get(target, name) {
      const member = Reflect.get(target, name) as (...args: unknown[]) => unknown
      if (!WRITES.has(name)) return member
      return (...args: unknown[]) =>
        isFull() ? Promise.reject(new StoreFullError('No room.')) : Reflect.apply(member, target, args)
    },
  })
}

/** What the API answers while the disk is full → how it ends once there is room. */
const LATE: readonly (readonly [name: string, answer: Answering, ends: Readonly<Record<string, number>>])[] = [
  ['delivered', (_sent, judge) => judge(), { delivered: 20, refused: 0, held: 0 }],
  ['held', () => errorResponse(401, 'Unauthorized'), { delivered: 0, refused: 0, held: 20 }],
  ['refused, and the rest delivered', refuseFirst, { delivered: 19, refused: 1, held: 0 }],
]

function refuseFirst({ events }: Sent, judge: () => Promise<Response>): Response | Promise<Response> {
  const at = events.findIndex(({ id }) => id === 'order_1')
  if (at === -1) return judge()
  const error = { message: 'No.', type: 'x', code: 'bad', param: `events[${at}].data` }
  return Response.json({ error }, { status: 400 })
}

for (const [name, answer, ends] of LATE) {
  /**
   * - the disk is full from the moment an answer comes, for longer than any lease
   * - when there is room the answer is written as it came, and the API got no event a second time that it had taken
   */
  test(`an answer that cannot be written is not forgotten, however long there is no room: ${name}`, async (context) => {
    let isFull = false
    const virtual = await startVirtual(context, {
      store: (store) => fullWhile(store, () => isFull),
      answer(sent, judge) {
        isFull = virtual.time.elapsedMs < 10 * MINUTE_MS
        return answer(sent, judge)
      },
    })
    await virtual.bring(virtualOrders(20))
    await virtual.run(10 * MINUTE_MS)
    const waiting = await virtual.store.counts()
    assert.equal(waiting.queued + waiting.sending, 20)
    isFull = false
    await virtual.run(MINUTE_MS)
    const { delivered, refused, held } = await virtual.store.counts()
    assert.deepEqual({ delivered, refused, held }, ends)
    const { stored, duplicates } = virtual.emulator.summary()
    assert.deepEqual([stored, duplicates], [ends['delivered'], 0])
    assert.deepEqual(virtual.failures, [])
  })
}
