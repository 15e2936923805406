import assert from 'node:assert/strict'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ConfigFaults } from '../config/index.ts'
import { tempFolder } from '../files/files.helpers.ts'
import { EndpointChangedError } from './endpoint-guard.ts'
import {
  deferred,
  environment,
  KEY,
  order,
  orders,
  PIXEL,
  run,
  seen,
  startApi,
  startRelay,
  withJson,
} from './service.helpers.ts'
import type { Service } from './service.ts'

function bring(service: Service, ...ids: string[]): Promise<Response> {
  return fetch(`${service.url}/v1/events?pid=${PIXEL}`, withJson('POST', { events: ids.map((id) => order(id)) }))
}

test('it starts with one line, stops with exit by its own, and delivers after a restart what it had taken', async (context) => {
  const api = await startApi(context, { fault: { '503': 1 }, retryAfter: 3_000 })
  const folder = tempFolder(context)
  const first = await run(context, () => environment(api.url, folder), folder)
  assert.equal(first.log().match(/relay listening/g)?.length, 1)
  assert.match(first.log(), /"intake":"this machine only"/)
  const tried = seen(first.service, 'request:answered')
  assert.equal((await bring(first.service, 'one')).status, 200)
  await tried
  first.stop()
  assert.equal(await first.ended, true)
  await assert.rejects(bring(first.service, 'two'))
  assert.equal(statSync(join(folder, 'data')).mode & 0o077, 0)

  const good = await startApi(context)
  const env = () => environment(good.url, folder)
  await assert.rejects(run(context, env, folder), (error) => {
    assert.ok(error instanceof EndpointChangedError)
    assert.match(error.hint ?? '', /--accept-endpoint/)
    return true
  })
  const second = await run(context, env, folder, { acceptEndpoint: true })
  if (good.emulator.summary().stored === 0) await seen(second.service, 'event:delivered')
  assert.equal(good.emulator.summary().stored, 1)
  second.stop()
  assert.equal(await second.ended, true)
})

test('a wrong key holds the pixel with an alarm, and a corrected key file lets it run without a restart', async (context) => {
  const api = await startApi(context, { apiKey: KEY })
  const folder = tempFolder(context)
  const keyFile = join(folder, 'key.txt')
  writeFileSync(keyFile, 'a-wrong-key')
  const env = () => {
    const { WAYBILL_API_KEY: _key, ...rest } = environment(api.url, folder)
    return { ...rest, WAYBILL_API_KEY_FILE: keyFile }
  }
  const relay = await run(context, env, folder)
  const held = seen(relay.service, 'pixel:held')
  await bring(relay.service, 'one', 'two')
  await held
  assert.match(relay.log(), /"level":"error".*"code":"unauthorized".*"hint"/)
  const delivered = seen(relay.service, 'event:delivered')
  writeFileSync(keyFile, KEY)
  relay.reload()
  await delivered
  assert.equal(api.emulator.summary().stored, 2)
  assert.doesNotMatch(relay.log(), /a-wrong-key|51b7/)
  relay.stop()
  await relay.ended
})

test('a reload that is wrong changes nothing, and says why in one line', async (context) => {
  const api = await startApi(context)
  const folder = tempFolder(context)
  let env = environment(api.url, folder)
  const relay = await run(context, () => env, folder)
  env = { ...env, WAYBILL_CONTRACT: 'x', WAYBILL_INTAKE_TOKEN: 'token-77-token' }
  relay.reload()
  assert.match(relay.log(), /configuration kept as it was: WAYBILL_CONTRACT: write/)
  env = { ...environment(api.url, folder), WAYBILL_ENDPOINT: 'https://elsewhere.example' }
  relay.reload()
  const delivered = seen(relay.service, 'event:delivered')
  assert.equal((await bring(relay.service, 'one')).status, 200)
  await delivered
  assert.match(relay.log(), /configuration kept as it was: Pixel px was delivered to/)
  relay.stop()
  await relay.ended
})

test('tokens change with a reload', async (context) => {
  const api = await startApi(context)
  const folder = tempFolder(context)
  let env = environment(api.url, folder)
  const relay = await run(context, () => env, folder)
  assert.equal((await bring(relay.service, 'one')).status, 200)
  env = { ...env, WAYBILL_INTAKE_TOKEN: 'token-77-token' }
  const { promise, resolve } = deferred<void>()
  const stream = setInterval(() => relay.log().includes('configuration read again') && resolve(), 1)
  relay.reload()
  await promise
  clearInterval(stream)
  assert.equal((await bring(relay.service, 'two')).status, 401)
  relay.stop()
  await relay.ended
})

test('an engine that failed ends the relay, which says so and gives its failure', async (context) => {
  const api = await startApi(context)
  const folder = tempFolder(context)
  const relay = await run(context, () => environment(api.url, folder), folder)
  relay.service.engine.events.emit('engine:failed', { error: new Error('on purpose') })
  assert.equal(await relay.ended, false)
  assert.match(relay.log(), /the relay cannot go on and stops/)
})

test('a second relay on the same data is refused in one line', async (context) => {
  const api = await startApi(context)
  const folder = tempFolder(context)
  const relay = await run(context, () => environment(api.url, folder), folder)
  await assert.rejects(
    run(context, () => environment(api.url, folder), folder),
    { name: 'StoreOwnedError' },
  )
  relay.stop()
  await relay.ended
})

test('wrong configuration stops the start before anything is opened', async (context) => {
  const folder = tempFolder(context)
  await assert.rejects(
    run(context, () => ({}), folder),
    ConfigFaults,
  )
})

test('while it stops, intake is closed and what is in flight ends', async (context) => {
  const { promise: sent, resolve } = deferred<void>()
  const relay = await startRelay(context, {
    emulator: { latencyMs: 100 },
    env: { WAYBILL_PREFLIGHT: 'never' },
    fetch: (input, init) => {
      resolve()
      return fetch(input, init)
    },
  })
  const delivered = relay.next('event:delivered', 2)
  await relay.bring(orders(2))
  await sent
  const stopped = relay.stop()
  await assert.rejects(relay.bring([order('late')]))
  await stopped
  await delivered
  assert.equal(relay.api.emulator.summary().stored, 2)
})

test('the data file is its owner’s alone', async (context) => {
  const relay = await startRelay(context)
  assert.equal(statSync(join(relay.folder, 'data', 'waybill.db')).mode & 0o777, 0o600)
})

test('what the API says of an event is kept without its place in a batch', async (context) => {
  const relay = await startRelay(context, { emulator: { poison: '^poison' } })
  const refused = relay.next('event:refused')
  await relay.bring([...orders(3), order('poison_1')])
  await refused
  const [account] = (await relay.ask('/api/events/poison_1')).json.accounts
  assert.equal(account.message, 'The event was rejected.')
  assert.ok(!JSON.stringify(account.requests).includes('events['))
})
