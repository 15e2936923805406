import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { type Asked, orders, PIXEL, startRelay } from '../../service/helpers.test.ts'
import type { ReadingJob } from './job.ts'
import { readUsual } from './read-usual.ts'
import { ReadingThread } from './reading-thread.ts'

const BYTES = Buffer.from(JSON.stringify({ events: orders(50) }))
const JOB: ReadingJob = { pixel: PIXEL, contract: '2026-06', source: 'a shop', nowMs: Date.now(), bytes: BYTES }

interface Started {
  readonly thread: ReadingThread
  readonly worker: Worker
  readonly failures: readonly unknown[]
}

/** A thread that takes bodies, with the worker behind it. */
async function start(context: TestContext): Promise<Started> {
  const failures: unknown[] = []
  const thread = new ReadingThread((error) => failures.push(error), 2)
  context.after(() => thread.close())
  const made = once(process, 'worker')
  assert.equal(thread.takes(BYTES), false, 'the first large body is not waited with')
  const [worker] = (await made) as [Worker]
  while (!thread.takes(BYTES)) await turn()
  return { thread, worker, failures }
}

test('a large body is read in the thread as it would be here; a small one is not for it', async (context) => {
  const { thread } = await start(context)
  assert.equal(thread.takes(BYTES.subarray(0, 1_000)), false)
  const [read, again] = await Promise.all([thread.read(JOB), thread.read({ ...JOB, source: 'another' })])
  const here = readUsual(JOB)!
  assert.deepEqual(
    read!.map(({ id, wire, shape, timestampMs, source }) => ({ id, wire, shape, timestampMs, source })),
    here.map(({ id, wire, shape, timestampMs, source }) => ({ id, wire, shape, timestampMs, source })),
  )
  assert.ok(again!.every(({ source }) => source === 'another'))
  assert.equal(JSON.parse(BYTES.toString()).events.length, 50, 'the body is still here')
  assert.equal(await thread.read({ ...JOB, bytes: Buffer.from('{"events":') }), undefined)
})

test('a thread that ends leaves what it had to whoever asked, says so once, and takes nothing more', async (context) => {
  const { thread, worker, failures } = await start(context)
  const reading = thread.read(JOB)
  void worker.terminate()
  assert.equal(await reading, undefined)
  assert.equal(thread.takes(BYTES), false)
  await thread.close()
  assert.match(String(failures), /^Error: The reading thread ended with code 1\.$/)
})

test('closing is no failure; what was under way is left to whoever asked', async (context) => {
  const { thread, failures } = await start(context)
  const reading = thread.read(JOB)
  await thread.close()
  assert.equal(await reading, undefined)
  assert.deepEqual(failures, [])
})

test('on one core there is no thread', () => {
  const thread = new ReadingThread(() => {}, 1)
  assert.equal(thread.takes(BYTES), false)
  assert.equal(thread.takes(BYTES), false)
})

test('the relay answers large requests alike, read in the thread or not', async (context) => {
  const made = once(process, 'worker')
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
  const [worker] = (await made) as [Worker]
  const here: Asked[] = []
  for (const body of bodies) here.push(await bring(body))
  let answers = 0
  worker.on('message', (message) => {
    if (message !== 'ready') answers += 1
  })
  while (answers === 0) await bring(bodies[0]!)
  answers = 0
  const there: Asked[] = []
  for (const body of bodies) there.push(await bring(body))
  assert.ok(answers >= bodies.length)
  const view = ({ status, json }: Asked): unknown => [status, json]
  assert.deepEqual(there.map(view), here.map(view))
  assert.deepEqual(
    there.map(({ status }) => status),
    [200, 200, 422, 200, 400, 400],
  )

  void worker.terminate()
  await once(worker, 'exit')
  assert.equal((await bring(bodies[0]!)).status, 200)
  assert.match(relay.log(), /the thread that reads large requests ended/)
})
