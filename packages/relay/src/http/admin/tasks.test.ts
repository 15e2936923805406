import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { order, PIXEL, type Relay, startRelay, withJson } from '../../service/service.helpers.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any form.
type Json = any

/** So many refused for their currency, and one for its data. */
async function refusing(context: TestContext, count: number): Promise<Relay> {
  const relay = await startRelay(context)
  const bad = Array.from({ length: count }, (_, at) =>
    order(`bad_${at + 1}`, { data: { type: 'contents', amount: 2599, currency: 'DOLLARS' } }),
  )
  assert.equal((await relay.bring([...bad, order('hopeless', { data: {} })])).status, 422)
  return relay
}

const FIX = { verb: 'fix', change: [{ path: 'data.currency', set: 'USD' }] }
const post = async (relay: Relay, path: string, body: object = {}): Promise<Json> => {
  const { status, json } = await relay.ask(path, withJson('POST', body))
  return { status, ...json }
}

async function ended(relay: Relay, id: number): Promise<Json> {
  for (;;) {
    const { task } = (await relay.ask(`/api/tasks/${id}`)).json
    if (task.state !== 'running') return task
    await new Promise(setImmediate)
  }
}

test('one field of all that match is fixed after a dry run that shows the first before and after, and all are delivered', async (context) => {
  const relay = await refusing(context, 12)
  const selection = { state: 'refused', pixel: PIXEL }
  const tried = await post(relay, '/api/tasks', { ...FIX, selection, dryRun: true })
  assert.deepEqual([tried.status, tried.total, tried.wouldPass, tried.wouldNot, tried.tooOld], [200, 13, 12, 1, 0])
  assert.equal(tried.exact, true)
  assert.equal((await relay.store.counts()).refused, 13)
  const delivered = relay.next('event:delivered', 12)
  const begun = await post(relay, '/api/tasks', { ...FIX, selection, ratePerSecond: 1_000 })
  assert.deepEqual([begun.status, begun.task.verb, begun.task.by, begun.task.total], [202, 'fix', 'loopback', 13])
  await delivered
  const task = await ended(relay, begun.task.id)
  assert.deepEqual([task.state, task.done, task.passed, task.notPassed], ['done', 13, 12, 1])
  assert.equal((await relay.store.counts()).refused, 1)
  const { tasks } = (await relay.ask('/api/tasks')).json
  assert.deepEqual(
    tasks.map(({ id, state }: Json) => [id, state]),
    [[task.id, 'done']],
  )
})

test('a fix is taken back while it waits: what it was before stands there again', async (context) => {
  const relay = await refusing(context, 3)
  await post(relay, `/api/pixels/${PIXEL}/hold`, { reason: 'look first' })
  const selection = { state: 'refused', code: 'invalid_currency' }
  const codes = (await relay.ask('/api/refused')).json.groups.map(({ code }: Json) => code)
  const { task } = await post(relay, '/api/tasks', {
    ...FIX,
    selection: { ...selection, code: codes[0] },
    ratePerSecond: 1_000,
  })
  assert.equal((await ended(relay, task.id)).passed, 3)
  assert.equal((await relay.store.counts()).held, 3)
  const back = await post(relay, `/api/tasks/${task.id}/take-back`)
  assert.deepEqual([back.status, back.task.verb, back.task.of], [202, 'take_back', task.id])
  assert.equal((await ended(relay, back.task.id)).passed, 3)
  assert.equal((await relay.store.counts()).refused, 4)
  const { accounts } = (await relay.ask('/api/events/bad_1')).json
  assert.equal(accounts[0].event.data.currency, 'DOLLARS')
})

test('a task is cancelled half way: what it has done stays, and the rest is as it was', async (context) => {
  const relay = await refusing(context, 5)
  const discard = { verb: 'discard', reason: 'test orders', selection: { state: 'refused' }, ratePerSecond: 0.001 }
  const { task } = await post(relay, '/api/tasks', discard)
  while ((await relay.store.counts()).discarded === 0) await new Promise(setImmediate)
  const cancelled = await post(relay, `/api/tasks/${task.id}/cancel`)
  assert.deepEqual([cancelled.status, cancelled.task.state], [200, 'cancelled'])
  assert.equal((await post(relay, `/api/tasks/${task.id}/cancel`)).error.code, 'task_ended')
  const { discarded, refused } = await relay.store.counts()
  assert.deepEqual([discarded, refused], [1, 5])
})

const BAD: readonly (readonly [name: string, body: object, param: string])[] = [
  ['a discard without a reason', { verb: 'discard', selection: { state: 'refused' } }, 'reason'],
  ['a fix of nothing', { verb: 'fix', selection: { state: 'refused' } }, 'change'],
  [
    'a path into the prototype',
    { ...FIX, change: [{ path: '__proto__.x', set: 1 }], selection: { state: 'refused' } },
    'change.0',
  ],
  ['what has not ended', { verb: 'replay', selection: { state: 'queued' } }, 'selection'],
  ['a pace of nothing', { verb: 'replay', selection: { state: 'refused' }, ratePerSecond: 0 }, 'ratePerSecond'],
]

test('what cannot be done is said by its place, and nothing is begun', async (context) => {
  const relay = await startRelay(context)
  for (const [name, body, param] of BAD) {
    const { status, error } = await post(relay, '/api/tasks', body)
    assert.equal(status, 400, name)
    assert.ok(error.param.startsWith(param), `${name}: ${error.param}`)
  }
  assert.equal((await post(relay, '/api/tasks/7/cancel')).error.code, 'not_found')
  assert.deepEqual((await relay.ask('/api/tasks')).json.tasks, [])
})
