/**
 * What people ask of a store of many accounts, each question three times: the slowest of its medians must stay below a ceiling, and so must
 * the longest time that the thread which delivers does not turn meanwhile. Then how large the indices are that only people need, by the
 * million of accounts, and the roll-up, by the day: its rows are keys of a quarter of an hour, however many events each counts.
 *
 *   npm run bench -- reads                        300,000 accounts
 *   node --conditions=waybill-source bench/reads.ts --accounts 5000000 --store /tmp/seeded
 *
 * `--store`: the folder to make the store in, or to read it from where it was made before.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseArgs } from 'node:util'
import type { Asks, QuestionName, Store } from '@waybill/relay/store'
import { openSqliteStore } from '@waybill/relay/store/sqlite'
import { pixelName, SEEDED_DAYS, SEEDED_PIXELS, SEEDED_UNTIL_MS, seedStore } from './reads/seed.ts'

const ANSWER_CEILING_MS = 100
const TURN_CEILING_MS = 20
const MB_PER_MILLION_CEILING = 35
const DAY_MS = 86_400_000
const END_MS = SEEDED_UNTIL_MS
const PIXELS = SEEDED_PIXELS
const DAYS = SEEDED_DAYS

/** What exists for reading alone. */
const INDICES = ['arrival', 'delivery', 'delivery_time', 'event_pixel', 'request_pixel', 'request_verdict']
const MORE_INDICES = ['request_lease', 'order_key', 'sqlite_autoindex_order_key_1']
const ROLL_UP = ['rollup', 'known', 'rollup_day', 'latency', 'sample']

const { values } = parseArgs({
  options: { accounts: { type: 'string', default: '300000' }, store: { type: 'string' } },
})
const accounts = Number(values.accounts)
const folder = values.store ?? mkdtempSync(join(tmpdir(), 'waybill-reads-'))
mkdirSync(folder, { recursive: true })
const path = join(folder, 'waybill.db')

type Question = {
  readonly [Name in QuestionName]: readonly [label: string, name: Name, asks: Asks<Name>]
}[QuestionName]

const today = { fromMs: END_MS - 15 * 3_600_000, untilMs: END_MS }
const last24h = { fromMs: END_MS - DAY_MS, untilMs: END_MS }
const week = { fromMs: END_MS - 7 * DAY_MS, untilMs: END_MS }
const month = { fromMs: END_MS - 28 * DAY_MS, untilMs: END_MS }
const page = { limit: 50 }
const small = [pixelName(PIXELS - 2)]
const large = [pixelName(0)]

const QUESTIONS: readonly Question[] = [
  ['now', 'now', {}],
  ['all events', 'events', page],
  ['events of a small pixel', 'events', { ...page, pixels: small }],
  ['events of a source', 'events', { ...page, source: 'webhook/stripe' }],
  ['events of a name', 'events', { ...page, name: 'page_viewed' }],
  [
    'events of a shape, a pixel and a source',
    'events',
    { ...page, pixels: small, shape: 'page_viewed|a|||', source: 'webhook/stripe' },
  ],
  ['events of a day', 'events', { ...page, fromMs: END_MS - 20 * DAY_MS, untilMs: END_MS - 19 * DAY_MS }],
  ['queued', 'events', { ...page, state: 'queued' }],
  ['sending, of which there is none', 'events', { ...page, state: 'sending' }],
  ['held', 'events', { ...page, state: 'held' }],
  ['held of a pixel where nothing is', 'events', { ...page, state: 'held', pixels: large }],
  ['delivered', 'events', { ...page, state: 'delivered' }],
  ['delivered of a week, a small pixel', 'events', { ...page, ...week, state: 'delivered', pixels: small }],
  ['delivered with a mark that none has', 'events', { ...page, state: 'delivered', code: 'count_mismatch' }],
  ['refused', 'events', { ...page, state: 'refused' }],
  [
    'refused of a code and a source',
    'events',
    { ...page, state: 'refused', code: 'invalid_event', source: 'webhook/stripe' },
  ],
  ['refused of a week', 'events', { ...page, ...week, state: 'refused' }],
  ['expired', 'events', { ...page, state: 'expired' }],
  ['discarded', 'events', { ...page, state: 'discarded' }],
  ['suspects', 'events', { ...page, suspect: true }],
  ['by the beginning of an id', 'events', { ...page, idPrefix: 'order_12' }],
  ['by the beginning of an id, a small pixel', 'events', { ...page, idPrefix: 'order_12', pixels: small }],
  ['one event', 'event', { id: 'order_4711' }],
  ['requests', 'requests', page],
  ['requests of a pixel', 'requests', { ...page, pixels: small }],
  ['requests with a verdict that none has', 'requests', { ...page, verdict: 'retry' }],
  [
    'today by minutes',
    'series',
    { ...last24h, step: 'minute', kinds: ['accepted', 'delivered', 'refused', 'expired'] },
  ],
  [
    'today by quarters, four weeks before',
    'series',
    { ...today, step: 'quarter', kinds: ['accepted', 'delivered'], weeksBefore: 4 },
  ],
  ['a week by hours, by source', 'series', { ...week, step: 'hour', kinds: ['accepted'], by: 'source' }],
  ['a month by days, one pixel', 'series', { ...month, step: 'day', kinds: ['accepted', 'delivered'], pixels: large }],
  ['a week by hours, refused by code', 'series', { ...week, step: 'hour', kinds: ['refused'], by: 'code' }],
  ['what waited today', 'waiting', { ...last24h, step: 'minute' }],
  ['delivered by pixel, a week', 'groups', { ...week, count: { flow: 'delivered' }, by: ['pixel'] }],
  ['refused by pixel and code, all times', 'groups', { count: { ends: 'refused' }, by: ['pixel', 'code'] }],
  ['faults of a week', 'faults', week],
  ['pixels, today', 'pixels', today],
  ['latency, a week', 'latency', week],
  ['signal, a month', 'signal', month],
  ['known', 'known', {}],
  ['the sentence of Today', 'sentence', { ...today, nowMs: END_MS }],
]

try {
  if (!existsSync(path)) await seed()
  const store = await openSqliteStore({ path })
  await store.reads.ask('now', {})
  const slow = await measure(store)
  await store.close()
  const size = sizeOf(path)
  process.stdout.write(`slowest answer: ${slow.answerMs.toFixed(1)} ms (${slow.label}), at most ${ANSWER_CEILING_MS}\n`)
  process.stdout.write(`longest turn beside answers: ${slow.turnMs.toFixed(1)} ms, at most ${TURN_CEILING_MS}\n`)
  const { indicesMb, rollUpMb } = size
  const perMillion = `${indicesMb.toFixed(1)} MB per million accounts, at most ${MB_PER_MILLION_CEILING}`
  process.stdout.write(`indices that only people need: ${perMillion}\n`)
  process.stdout.write(`roll-up: ${rollUpMb.toFixed(1)} MB a day for ${PIXELS} pixels\n`)
  const isOver =
    slow.answerMs > ANSWER_CEILING_MS || slow.turnMs > TURN_CEILING_MS || indicesMb > MB_PER_MILLION_CEILING
  process.exitCode = isOver ? 1 : 0
} finally {
  if (values.store === undefined) rmSync(folder, { recursive: true })
}

async function seed(): Promise<void> {
  const store = await openSqliteStore({ path, checkpointPages: 32_000, cacheKib: 256 * 1024 })
  const startedMs = performance.now()
  let toldAt = 0
  await seedStore(store, {
    accounts,
    pixels: PIXELS,
    endMs: END_MS,
    days: DAYS,
    seed: 7,
    onProgress(done) {
      if (done - toldAt < 100_000) return
      toldAt = done
      process.stderr.write(`${done} accounts, ${Math.round((performance.now() - startedMs) / 1_000)} s\n`)
    },
  })
  const wrong = await store.check()
  if (wrong.length > 0) throw new Error(wrong.join('\n'))
  await store.close()
}

interface Slowest {
  readonly label: string
  readonly answerMs: number
  readonly turnMs: number
}

/** Each question as it is served, so that making and packing count; different `beside`, so that nothing comes from the last one. */
async function measure(store: Store): Promise<Slowest> {
  let slowest: Slowest = { label: '', answerMs: 0, turnMs: 0 }
  for (const [label, name, asks] of QUESTIONS) {
    const watch = watchTurns()
    const times: number[] = []
    for (let round = 0; round < 3; round++) {
      const startedMs = performance.now()
      await store.reads.serve(name, asks as never, { encoding: 'br', beside: `${label} ${round}` })
      times.push(performance.now() - startedMs)
    }
    const turnMs = watch.stop()
    const answerMs = times.sort((a, b) => a - b)[1]!
    process.stdout.write(`${answerMs.toFixed(1).padStart(8)} ms  ${label}\n`)
    const worst = answerMs > slowest.answerMs ? { label, answerMs } : slowest
    slowest = { label: worst.label, answerMs: worst.answerMs, turnMs: Math.max(slowest.turnMs, turnMs) }
  }
  return slowest
}

/** How long the event loop of this thread stands still: the 99th of 100 of its turns. */
function watchTurns(): { readonly stop: () => number } {
  const turns: number[] = []
  let lastMs = performance.now()
  let isOn = true
  const turn = (): void => {
    const nowMs = performance.now()
    turns.push(nowMs - lastMs)
    lastMs = nowMs
    if (isOn) setImmediate(turn)
  }
  setImmediate(turn)
  return {
    stop() {
      isOn = false
      turns.sort((a, b) => a - b)
      return turns[Math.floor(turns.length * 0.99)] ?? 0
    },
  }
}

/** By the pages of what exists for reading alone. */
function sizeOf(file: string): { readonly indicesMb: number; readonly rollUpMb: number } {
  const database = new DatabaseSync(file, { readOnly: true })
  const events = Number((database.prepare('SELECT count(*) AS n FROM event').get() as { n: number }).n)
  const indices = ownBytes(database, [...INDICES, ...MORE_INDICES])
  const rollUp = ownBytes(database, ROLL_UP)
  database.close()
  return { indicesMb: indices / events, rollUpMb: rollUp / 1e6 / DAYS }
}

/** Where SQLite was built without a table of its pages, the tables are copied and what that takes is measured. */
function ownBytes(database: DatabaseSync, names: readonly string[]): number {
  try {
    const list = names.map((name) => `'${name}'`).join()
    const row = database
      .prepare(`SELECT sum(pgsize) AS bytes FROM dbstat WHERE name IN (${list}) AND aggregate = 1`)
      .get()
    return Number((row as { bytes: number }).bytes)
  } catch {
    process.stderr.write(`SQLite has no dbstat here: the file has ${statSync(path).size} bytes in all\n`)
    return 0
  }
}
