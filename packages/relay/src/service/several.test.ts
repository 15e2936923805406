import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Role } from '../engine/index.ts'
import { tempFolder } from '../files/files.helpers.ts'
import { eventually } from '../http/admin/eventually.helpers.ts'
import { type MemoryData, memoryData, memoryStore } from '../store/memory/index.ts'
import { environment, order, PIXEL, type Relay, run, startApi, startRelay } from './service.helpers.ts'

function startAmong(context: TestContext, data: MemoryData, role: Role, endpoint?: string): Promise<Relay> {
  const env = endpoint === undefined ? {} : { WAYBILL_ENDPOINT: endpoint }
  return startRelay(context, { role, env, open: async () => memoryStore({ data, several: {} }) })
}

test('one relay only takes events, another only delivers them, and each tells which relay has the pixel', async (context) => {
  const data = memoryData()
  const door = await startAmong(context, data, 'intake')
  const answer = await door.bring([order('a')])
  assert.equal(answer.status, 200)
  const before = await door.ask('/api/status')
  assert.equal(before.json.pixels[0].relay, null)
  const worker = await startAmong(context, data, 'delivery', door.api.url)
  await eventually(async () => (await door.ask('/api/status')).json.counts.delivered === 1)
  assert.equal(door.api.emulator.summary().stored, 1)
  const status = await door.ask('/api/status')
  assert.match(status.json.pixels[0].relay, new RegExp(`:${process.pid}$`))
  assert.equal((await worker.bring([order('b')])).status, 404)
  assert.equal((await worker.ask('/healthz')).status, 200)
})

test('of several relays one tells what waits, whichever takes events', async (context) => {
  const data = memoryData()
  const door = await startAmong(context, data, 'intake')
  const workers = [
    await startAmong(context, data, 'all', door.api.url),
    await startAmong(context, data, 'delivery', door.api.url),
  ]
  const tellers = async (): Promise<number> => {
    const texts = await Promise.all([door, ...workers].map(async (relay) => (await relay.ask('/metrics')).text))
    return texts.filter((text) => text.includes('waybill_events_unaccounted 0')).length
  }
  await eventually(async () => (await tellers()) > 0)
  assert.equal(await tellers(), 1)
  assert.doesNotMatch((await door.ask('/metrics')).text, /waybill_events_unaccounted/)
})

test('a relay that is alone on its file tells of no relay, and takes no other role', async (context) => {
  const relay = await startRelay(context)
  const status = await relay.ask('/api/status')
  assert.equal('relay' in status.json.pixels[0], false)
  assert.equal(status.json.pixels[0].pixel, PIXEL)
  const api = await startApi(context)
  const folder = tempFolder(context)
  const start = run(context, () => environment(api.url, folder), folder, { role: 'intake' })
  await assert.rejects(start, (error: Error & { hint?: string }) => {
    assert.match(error.message, /alone on its data/)
    assert.match(error.hint ?? '', /--role/)
    return true
  })
})
