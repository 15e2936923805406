import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Environment } from '../config/index.ts'
import { tempFolder } from '../files/files.helpers.ts'
import { EndpointChangedError } from './endpoint-guard.ts'
import type { RunOptions } from './run.ts'
import { environment, order, orders, PIXEL, run, seen, startApi, withJson } from './service.helpers.ts'
import type { Service } from './service.ts'

/** An endpoint as it may be written → whether that is another one. */
const SPELLINGS: readonly (readonly [change: (url: string) => string, isOther: boolean])[] = [
  [(url) => url, false],
  [(url) => `${url}/`, false],
  [(url) => `${url}/v1/events`, false],
  [(url) => url.replace('http:', 'HTTP:'), false],
  [(url) => `${url}/another`, true],
  [(url) => url.replace('127.0.0.1', 'localhost'), true],
]

test('data that was delivered to one endpoint is refused for another, whatever is spelt otherwise is not', async (context) => {
  const api = await startApi(context)
  const folder = tempFolder(context)
  const first = await run(context, () => environment(api.url, folder), folder)
  first.stop()
  await first.ended
  for (const [change, isOther] of SPELLINGS) {
    const endpoint = change(api.url)
    const start = run(context, () => environment(endpoint, folder), folder)
    if (isOther) await assert.rejects(start, EndpointChangedError, endpoint)
    else {
      const relay = await start
      relay.stop()
      assert.equal(await relay.ended, true, endpoint)
    }
  }
})

/**
 * - a trial: everything is delivered to an emulator
 * - the run for real, on a data folder of its own: the same events are accepted and delivered, all of them
 * - on the trial's data it is refused, and nothing leaves
 */
test('a trial against the emulator leaves a later run to another endpoint untouched', async (context) => {
  const [trial, real] = [await startApi(context), await startApi(context)]
  const folder = tempFolder(context)
  const events = orders(20)
  const tried = await deliverAll(context, events, () => environment(trial.url, folder), folder)
  assert.deepEqual([tried.accepted_events, trial.emulator.summary().stored], [20, 20])

  await assert.rejects(
    run(context, () => environment(real.url, folder), folder),
    { name: 'EndpointChangedError', hint: /another data folder.*--accept-endpoint/ },
  )
  assert.equal(real.emulator.summary().requests, 0)

  const own = (): Environment => ({ ...environment(real.url, folder), WAYBILL_DATA_DIR: join(folder, 'real') })
  const answer = await deliverAll(context, events, own, folder)
  assert.deepEqual(answer, { accepted_events: 20, results: [] })
  assert.deepEqual([real.emulator.summary().stored, trial.emulator.summary().stored], [20, 20])
})

/**
 * The flag is for an API that moved: what was delivered stays delivered, what still waits goes to the new address, and who accepted it
 * is on record.
 */
test('an endpoint that was accepted gets what waits; what was delivered before is not sent again', async (context) => {
  const [before, after] = [await startApi(context), await startApi(context)]
  const folder = tempFolder(context)
  await deliverAll(context, [order('old')], () => environment(before.url, folder), folder)
  const fetches: Partial<RunOptions> = { fetch: () => Promise.reject(new TypeError('fetch failed')) }
  const stuck = await run(context, () => environment(before.url, folder), folder, fetches)
  const failed = seen(stuck.service, 'request:answered')
  await bring(stuck.service, [order('waiting')])
  await failed
  stuck.stop()
  await stuck.ended

  const moved = await run(context, () => environment(after.url, folder), folder, { acceptEndpoint: true })
  const [old] = (await bring(moved.service, [order('old', { oppref: 'x' }), order('new')])).results
  assert.equal(old?.status, 'conflict')
  while (after.emulator.summary().stored < 2) await seen(moved.service, 'event:delivered')
  const { actions } = (await (await fetch(`${moved.service.url}/api/actions`)).json()) as {
    actions: { verb: string; about: object }[]
  }
  assert.deepEqual(
    [actions[0]?.verb, actions[0]?.about],
    ['endpoint:accept', { pixel: PIXEL, before: before.url, endpoint: after.url }],
  )
  moved.stop()
  await moved.ended
  assert.deepEqual(
    after.emulator
      .events()
      .map(({ event }) => event.id)
      .sort(),
    ['new', 'waiting'],
  )
})

interface Answer {
  readonly accepted_events: number
  readonly results: readonly { readonly status: string }[]
}

async function bring({ url }: Service, events: readonly unknown[]): Promise<Answer> {
  const response = await fetch(`${url}/v1/events?pid=${PIXEL}`, withJson('POST', { events }))
  return (await response.json()) as Answer
}

/** Runs a relay until all of the events are delivered. */
async function deliverAll(
  context: Parameters<typeof run>[0],
  events: readonly unknown[],
  env: () => Environment,
  folder: string,
): Promise<Answer> {
  const relay = await run(context, env, folder)
  let left = events.length
  const delivered = new Promise<void>((resolve) => {
    relay.service.engine.events.on('event:delivered', () => {
      left -= 1
      if (left === 0) resolve()
    })
  })
  const answer = await bring(relay.service, events)
  await delivered
  relay.stop()
  await relay.ended
  return answer
}
