import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { tempFolder } from '../files/files.helpers.ts'
import { stopPostgres } from '../postgres-server.helpers.ts'
import { makeStoreDatabase } from '../store/postgres/postgres-store.helpers.ts'
import { startTcpProxy } from '../store/postgres/tcp-proxy.helpers.ts'
import { environment, order, PIXEL, run, seen, startApi, withJson } from './service.helpers.ts'
import type { Service } from './service.ts'

after(stopPostgres)

const AT = Date.now() - 60_000

async function bring(service: Service, ...ids: string[]): Promise<{ status: number; said: string[] }> {
  const body = { events: ids.map((id) => order(id, { timestamp_ms: AT })) }
  const answer = await fetch(`${service.url}/v1/events?pid=${PIXEL}`, withJson('POST', body))
  const { results = [] } = (await answer.json()) as { results?: { status: string }[] }
  return { status: answer.status, said: results.map(({ status }) => status) }
}

test('on PostgreSQL it takes events, delivers after a restart what it had taken, and knows what it delivered', async (context) => {
  const { url, drop } = await makeStoreDatabase()
  const folder = tempFolder(context)
  const file = join(folder, 'store-url')
  writeFileSync(file, `${url}\n`)
  const api = await startApi(context, { fault: { '503': 1 }, retryAfter: 1 })
  const env = () => ({ ...environment(api.url, folder), WAYBILL_STORE_URL_FILE: file })
  const first = await run(context, env, folder)
  assert.ok(first.log().includes(new URL(url).pathname), 'where the data is')
  assert.ok(!first.log().includes(url), 'without the password')
  const tried = seen(first.service, 'request:answered')
  assert.equal((await bring(first.service, 'one', 'two')).status, 200)
  await tried
  first.stop()
  assert.equal(await first.ended, true)
  assert.equal(api.emulator.summary().stored, 0)

  api.emulator.behave({ fault: { '503': 0 } })
  const second = await run(context, env, folder)
  if (api.emulator.summary().stored < 2) await seen(second.service, 'event:delivered')
  const again = await bring(second.service, 'one', 'three')
  assert.deepEqual(again, { status: 200, said: ['duplicate'] })
  while (api.emulator.summary().stored < 3) await seen(second.service, 'event:delivered')
  second.stop()
  assert.equal(await second.ended, true)
  await drop()
})

test('two relays on one database: what either takes is delivered once, and goes on with the other when one stops', async (context) => {
  const { url, drop } = await makeStoreDatabase()
  const folder = tempFolder(context)
  const file = join(folder, 'store-url')
  writeFileSync(file, `${url}\n`)
  const api = await startApi(context)
  const env = () => ({ ...environment(api.url, folder), WAYBILL_STORE_URL_FILE: file })
  const [one, two] = [await run(context, env, folder), await run(context, env, folder)]
  const delivered = [one, two].map(({ service }) => seen(service, 'event:delivered'))
  assert.equal((await bring(one.service, 'a')).status, 200)
  const owner = await Promise.race(delivered.map((told, at) => told.then(() => at)))
  const [first, other] = owner === 0 ? [one, two] : [two, one]
  assert.deepEqual(await bring(other.service, 'a'), { status: 200, said: ['duplicate'] })
  first.stop()
  assert.equal(await first.ended, true)
  const next = seen(other.service, 'event:delivered')
  assert.equal((await bring(other.service, 'b')).status, 200)
  await next
  assert.equal(api.emulator.summary().stored, 2)
  other.stop()
  assert.equal(await other.ended, true)
  await drop()
})

test('a pixel that moves from one relay to another is not preflighted anew', async (context) => {
  const { url, drop } = await makeStoreDatabase()
  const folder = tempFolder(context)
  const api = await startApi(context)
  const validated: string[] = []
  const watched: typeof fetch = (input, init) => {
    const text = String(init?.body)
    if (text.startsWith('{"validate_only":true'))
      validated.push(...['a', 'b', 'c'].filter((id) => text.includes(`"id":"${id}"`)))
    return fetch(input, init)
  }
  const env = () => ({ ...environment(api.url, folder), WAYBILL_STORE: url, WAYBILL_PREFLIGHT: 'novel' })
  const deliveredBy = async ({ service }: { service: Service }, id: string, more: object): Promise<void> => {
    const delivered = seen(service, 'event:delivered')
    const body = { events: [order(id, { timestamp_ms: AT, ...more })] }
    assert.equal((await fetch(`${service.url}/v1/events?pid=${PIXEL}`, withJson('POST', body))).status, 200)
    await delivered
  }
  const one = await run(context, env, folder, { fetch: watched })
  await deliveredBy(one, 'a', {})
  one.stop()
  assert.equal(await one.ended, true)
  const two = await run(context, env, folder, { fetch: watched })
  await deliveredBy(two, 'b', {})
  await deliveredBy(two, 'c', { opt_out: false })
  assert.deepEqual(validated, ['a', 'c'], 'the first of each shape, whoever sends it')
  two.stop()
  assert.equal(await two.ended, true)
  await drop()
})

test('while its database cannot be reached it answers 503 and does not exit; afterwards it takes and delivers', async (context) => {
  const { url, drop, connect } = await makeStoreDatabase()
  const proxy = await startTcpProxy(url)
  const folder = tempFolder(context)
  const api = await startApi(context)
  const env = () => ({ ...environment(api.url, folder), WAYBILL_STORE: proxy.urlOf(url) })
  const relay = await run(context, env, folder)
  const ask = (id: string): Promise<Response> =>
    fetch(
      `${relay.service.url}/v1/events?pid=${PIXEL}`,
      withJson('POST', { events: [order(id, { timestamp_ms: AT })] }),
    )
  proxy.refuse()
  const away = await ask('one')
  assert.deepEqual([away.status, Number(away.headers.get('retry-after')) > 0], [503, true])
  proxy.heal()
  const until = async (id: string): Promise<void> => {
    while ((await ask(id)).status !== 200);
  }
  await until('one')
  const client = await connect()
  await client.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )
  await until('two')
  while (api.emulator.summary().stored < 2) await seen(relay.service, 'event:delivered')
  relay.stop()
  assert.equal(await relay.ended, true)
  await proxy.close()
  await drop()
})
