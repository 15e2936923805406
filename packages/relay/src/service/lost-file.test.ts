import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { tempFolder } from '../files/files.helpers.ts'
import { environment, orders, PIXEL, run, startApi, withJson } from './service.helpers.ts'

/**
 * - the API is away; a relay acknowledges events, and then a file of its data is removed
 * - the next events are answered 503, or nobody is there any more: the relay ends by itself
 * - the next life delivers everything that was acknowledged, once
 */
for (const lost of ['waybill.db-wal', 'waybill.db'])
  test(`a relay whose ${lost} is removed acknowledges nothing more, ends, and the next one has all that was`, async (context) => {
    const api = await startApi(context)
    const folder = tempFolder(context)
    const env = () => environment(api.url, folder)
    const away = await run(context, env, folder, { fetch: async () => new Response('away', { status: 503 }) })
    const bring = (url: string, prefix: string): Promise<Response> =>
      fetch(`${url}/v1/events?pid=${PIXEL}`, withJson('POST', { events: orders(20, prefix) }))
    assert.equal((await bring(away.service.url, 'before')).status, 200)
    rmSync(join(folder, 'data', lost))
    // Where the relay noticed at a commit of its own, nobody listens any more.
    const answer = await bring(away.service.url, 'late').catch(() => undefined)
    assert.ok(answer === undefined || (answer.status === 503 && Number(answer.headers.get('retry-after')) > 0))
    assert.equal(await away.ended, false)
    assert.match(away.log(), /was removed or replaced while the relay ran/)

    const next = await run(context, env, folder)
    const stored = (): string[] => api.emulator.events().map(({ event }) => event.id)
    while (stored().filter((id) => id.startsWith('before')).length < 20) await new Promise(setImmediate)
    assert.equal(new Set(stored()).size, stored().length)
    next.stop()
    await next.ended
  })
