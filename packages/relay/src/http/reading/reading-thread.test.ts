import assert from 'node:assert/strict'
import { on, once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { DAY_MS } from 'waybill/delivery'
import { type Asked, orders, PIXEL, startRelay } from '../../service/service.helpers.ts'
import type { NewEvent } from '../../store/index.ts'
import type { ReadingJob } from './job.ts'
import { readUsual } from './read-usual.ts'
import { READING_THREAD, ReadingThread } from './reading-thread.ts'

const BYTES = Buffer.from(JSON.stringify({ events: orders(50) }))
const RULES = { pixel: PIXEL, contract: '2026-06', source: 'a shop' } as const
const JOB: ReadingJob = { ...RULES, bytes: BYTES }
const NOW_MS = Date.now()

interface Started {
  readonly thread: ReadingThread
  readonly worker: Worker
  readonly failures: readonly unknown[]
}

/** A thread that takes bodies, with the worker behind it. */
async function start(context: TestContext): Promise<Started> {
  const failures: unknown[] = []
  const thread = new ReadingThread({ onFailed: (error) => failures.push(error), now: () => NOW_MS, cores: 2 })
  context.after(() => thread.close())
  const made = readingWorker()
  assert.equal(await thread.read(JOB), undefined, 'the first large body is not waited with')
  const worker = await made
  while ((await thread.read(JOB)) === undefined) await turn()
  return { thread, worker, failures }
}

/** The next thread that reads requests; the relay has others. */
async function readingWorker(): Promise<Worker> {
  for await (const [worker] of on(process, 'worker') as AsyncIterable<[Worker]>)
    if (worker.threadName === READING_THREAD) return worker
  throw new Error('No thread was made.')
}

function smallJobs(count: number): ReadingJob[] {
  return orders(count).map((event, at) => ({
    ...RULES,
    source: `shop ${Math.floor(at / 10)}`,
    bytes: Buffer.from(JSON.stringify({ events: [event] })),
  }))
}

/** How many messages a thread answers from here on. */
function countAnswers(worker: Worker): () => number {
  let answers = 0
  worker.on('message', (message) => {
    if (message !== 'ready') answers += 1
  })
  return () => answers
}

test('a large body is read in the thread as it would be here', async (context) => {
  const { thread } = await start(context)
  const [read, again] = await Promise.all([thread.read(JOB), thread.read({ ...JOB, source: 'another' })])
  const here = readUsual(JOB, NOW_MS)!
  const view = ({ id, wire, shape, timestampMs, source }: NewEvent): unknown => [id, wire, shape, timestampMs, source]
  assert.deepEqual(read!.events.map(view), here.map(view))
  assert.deepEqual({ ...read, events: [] }, { pixel: PIXEL, source: 'a shop', nowMs: NOW_MS, events: [] })
  assert.ok(again!.events.every(({ source }) => source === 'another'))
  assert.equal(JSON.parse(BYTES.toString()).events.length, 50, 'the body is still here')
  assert.equal(await thread.read({ ...JOB, bytes: Buffer.alloc(9_000, '{') }), undefined)
})

test('while the time is in doubt, the thread refuses nothing for its time either', async (context) => {
  const { thread } = await start(context)
  const events = orders(50).map((event) => ({ ...event, timestamp_ms: NOW_MS - 9 * DAY_MS }))
  const job: ReadingJob = { ...RULES, bytes: Buffer.from(JSON.stringify({ events })) }
  const states = async (rules: Partial<ReadingJob>): Promise<unknown> =>
    new Set((await thread.read({ ...job, ...rules }))!.events.map(({ state = 'queued' }) => state))
  assert.deepEqual(await states({ isTimeInDoubt: true }), new Set(['queued']))
  assert.deepEqual(await states({ isTimeInDoubt: false }), new Set(['refused']))
})

test('small bodies that come at a time go together, each with its own rules; one that is not usual comes back', async (context) => {
  const { thread, worker } = await start(context)
  const answers = countAnswers(worker)
  const jobs = smallJobs(40)
  const odd: ReadingJob = { ...RULES, bytes: Buffer.from('{"events":') }
  const read = await Promise.all([...jobs, odd].map((job) => thread.read(job)))
  assert.equal(answers(), 1)
  assert.equal(read.pop(), undefined)
  for (const [at, job] of jobs.entries()) {
    const [event] = readUsual(job, NOW_MS)!
    assert.equal(read[at]!.source, job.source)
    assert.deepEqual(
      read[at]!.events.map(({ id, wire, source }) => ({ id, wire, source })),
      [{ id: event!.id, wire: event!.wire, source: job.source }],
    )
  }
})

test('more than the thread can hold at a time is read all the same, in its turn', async (context) => {
  const { thread, worker } = await start(context)
  const answers = countAnswers(worker)
  const large = Array<ReadingJob>(40).fill(JOB)
  const jobs = [...smallJobs(600), ...large, ...smallJobs(601), ...large, ...smallJobs(3)]
  const read = await Promise.all(jobs.map((job) => thread.read(job)))
  const ids = (events: readonly NewEvent[] | undefined): unknown => events?.map(({ id }) => id)
  for (const [at, job] of jobs.entries())
    if (read[at] !== undefined) assert.deepEqual(ids(read[at].events), ids(readUsual(job, NOW_MS)))
  assert.ok(answers() >= 3)
  // The last few, which are not worth a way.
  assert.ok(read.filter((one) => one === undefined).length < 30)
})

test('of bodies with very many events the thread reads some, and the rest is left to whoever asked', async (context) => {
  const { thread } = await start(context)
  const job: ReadingJob = { ...RULES, bytes: Buffer.from(`{"events":[${'0,'.repeat(999)}0]}`) }
  const read = await Promise.all(Array.from({ length: 100 }, () => thread.read(job)))
  const counts = read.map((one) => one?.events.length)
  assert.deepEqual(counts.slice(0, 20), Array(20).fill(1_000))
  assert.deepEqual(counts.slice(20), Array(80).fill(undefined))
})

test('a few small bodies are left to whoever asked', async (context) => {
  const { thread, worker } = await start(context)
  const answers = countAnswers(worker)
  const read = await Promise.all(smallJobs(5).map((job) => thread.read(job)))
  assert.deepEqual([read, answers()], [Array(5).fill(undefined), 0])
})

/** Two packs of which the thread has the second before the first is back, unless it is quicker than a turn; what else comes meanwhile. */
async function sendTwo(thread: ReadingThread): Promise<{ packs: Promise<unknown[]>[]; few: Promise<unknown>[] }> {
  const all = (jobs: readonly ReadingJob[]): Promise<unknown[]> => Promise.all(jobs.map((job) => thread.read(job)))
  const first = all(smallJobs(40))
  await turn()
  const second = all(smallJobs(40))
  await turn()
  return { packs: [first, second], few: smallJobs(2).map((job) => Promise.resolve(thread.read(job))) }
}

test('what is read within a moment is given back in one turn, so that it shares a commit', async (context) => {
  const { thread, worker } = await start(context)
  const answers = countAnswers(worker)
  let together = 0
  for (let tries = 0; together < 3 && tries < 500; tries++) {
    const before = answers()
    const { packs, few } = await sendTwo(thread)
    const wasQuicker = answers() > before
    const all = [...packs, Promise.all(few)].map((each) => each.then((read) => ({ read, after: answers() - before })))
    const [first, second, left] = await Promise.all(all)
    for (const { read } of [first!, second!])
      assert.ok(read.every((one) => (one as { events: unknown[] }).events.length === 1))
    assert.deepEqual(left!.read, [undefined, undefined], 'few are left to whoever asked')
    if (wasQuicker) continue
    assert.deepEqual([first!.after, second!.after, left!.after], [2, 2, 2])
    together++
  }
  assert.equal(together, 3)
})

test('a thread that ends leaves nobody waiting for what it had, or for what waited with it', async (context) => {
  const { thread, worker } = await start(context)
  worker.once('message', () => void worker.terminate())
  const { packs, few } = await sendTwo(thread)
  assert.equal((await Promise.all([...packs, ...few])).length, 4)
})

test('a thread that ends leaves what it had to whoever asked, says so once, and takes nothing more', async (context) => {
  const { thread, worker, failures } = await start(context)
  const reading = thread.read(JOB)
  void worker.terminate()
  assert.equal(await reading, undefined)
  assert.equal(thread.read(JOB), undefined)
  await thread.close()
  assert.match(String(failures), /^Error: The reading thread ended with code 1\.$/)
})

test('closing is no failure; what was under way or gathered is left to whoever asked', async (context) => {
  const { thread, failures } = await start(context)
  const reading = [JOB, ...smallJobs(3)].map((job) => thread.read(job))
  await thread.close()
  assert.deepEqual(await Promise.all(reading), [undefined, undefined, undefined, undefined])
  assert.deepEqual(failures, [])
})

test('what would hold up everything else waits for the thread to start', async (context) => {
  const thread = new ReadingThread({ onFailed: () => {}, now: () => NOW_MS, cores: 2 })
  context.after(() => thread.close())
  const events = orders(1_000).map((event) => ({ ...event, oppref: 'x'.repeat(1_000) }))
  const large: ReadingJob = { ...RULES, bytes: Buffer.from(JSON.stringify({ events })) }
  assert.equal((await thread.read(large))?.events.length, 1_000)
})

test('it is left to whoever asked where the thread is ended before it has started', async () => {
  const thread = new ReadingThread({ onFailed: () => {}, now: () => NOW_MS, cores: 2 })
  const reading = thread.read({ ...RULES, bytes: Buffer.alloc(2_000_000, ' ') })
  await turn()
  await thread.close()
  assert.equal(await reading, undefined)
})

test('on one core there is no thread', () => {
  const thread = new ReadingThread({ onFailed: () => {}, now: () => NOW_MS, cores: 1 })
  assert.equal(thread.read(JOB), undefined)
})

test('the relay answers large requests alike, read in the thread or not', async (context) => {
  const made = readingWorker()
  const relay = await startRelay(context)
  const bodies = [
    { events: orders(50) },
    { events: [...orders(50), { ...orders(1)[0], source_url: 'https://shop.example.com/other' }, 'no event'] },
    { events: Array(40).fill({ type: 'order_created', note: 'x'.repeat(300) }) },
    { events: orders(60), validate_only: true },
    { events: orders(60), more: 'x' },
    { events: Array(1_001).fill('no event') },
  ]
  const bring = ({ events, ...extra }: (typeof bodies)[number]): ReturnType<typeof relay.bring> =>
    relay.bring(events, extra)
  // Delivered, so that a repeat is told the same each time.
  const delivered = relay.next('event:delivered', 50)
  await bring(bodies[0]!)
  await delivered
  const worker = await made
  const here: Asked[] = []
  for (const body of bodies) here.push(await bring(body))
  const answers = countAnswers(worker)
  while (answers() === 0) await bring(bodies[0]!)
  const before = answers()
  const there: Asked[] = []
  for (const body of bodies) there.push(await bring(body))
  assert.ok(answers() >= before + bodies.length)
  const view = ({ status, json }: Asked): unknown => [status, json]
  assert.deepEqual(there.map(view), here.map(view))
  assert.deepEqual(
    there.map(({ status }) => status),
    [200, 200, 422, 200, 400, 400],
  )

  void worker.terminate()
  await once(worker, 'exit')
  assert.equal((await bring(bodies[0]!)).status, 200)
  assert.match(relay.log(), /the thread that reads requests ended/)
})
