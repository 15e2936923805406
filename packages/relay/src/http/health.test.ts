import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bound, startRelay } from '../service/service.helpers.ts'

test('/healthz says that the process is alive, /readyz that the store answers', async (context) => {
  let isDown = false
  const relay = await startRelay(context, {
    store: (store) => ({ ...bound(store), counts: () => (isDown ? Promise.reject(new Error()) : store.counts()) }),
  })
  assert.equal((await relay.ask('/healthz')).status, 200)
  assert.deepEqual((await relay.ask('/readyz')).json, { status: 'ready' })
  isDown = true
  assert.equal((await relay.ask('/readyz')).status, 503)
  assert.equal((await relay.ask('/healthz')).status, 200)
})

test('health is told to HEAD too, without a body; other methods are told which ones there are', async (context) => {
  const relay = await startRelay(context)
  for (const path of ['/healthz', '/readyz']) {
    const head = await relay.ask(path, { method: 'HEAD' })
    assert.deepEqual([head.status, head.text], [200, ''])
    const post = await relay.ask(path, { method: 'POST' })
    assert.deepEqual([post.status, post.headers.get('allow')], [405, 'GET, HEAD'])
  }
  assert.deepEqual((await relay.ask('/metrics', { method: 'HEAD' })).headers.get('allow'), 'GET')
})

test('what is not there is 404 in the shape of the API, and an address that cannot be read is 400', async (context) => {
  const relay = await startRelay(context)
  const missing = await relay.ask('/nothing?secret=1')
  assert.deepEqual([missing.status, missing.json.error.code], [404, 'not_found'])
  const broken = await relay.ask('/api/events/%E0%A4%A')
  assert.equal(broken.status, 400)
  assert.ok(broken.json.error.message)
})
