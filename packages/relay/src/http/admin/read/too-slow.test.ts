import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { orders, startRelay } from '../../../service/service.helpers.ts'
import { DATA_FILE, openSqliteStore } from '../../../store/sqlite/index.ts'

const SUMS = [
  '/api/today',
  '/api/series',
  '/api/pixels',
  '/api/status',
  '/api/signal',
  '/api/refused?from=0',
  '/metrics',
]

test('what would take too long is answered 503 with too_slow and when to come again; lists give what they have', async (context) => {
  const relay = await startRelay(context, {
    open({ dataDir, onBroken }) {
      mkdirSync(dataDir, { recursive: true })
      return openSqliteStore({ path: join(dataDir, DATA_FILE), onBroken, readLimits: { answerMs: 0 } })
    },
    emulator: { apiKey: 'another' },
  })
  await relay.bring(orders(3))
  for (const path of SUMS) {
    const { status, json, headers } = await relay.ask(path)
    assert.deepEqual([path, status, json?.error?.code, headers.get('retry-after')], [path, 503, 'too_slow', '2'])
  }
  const { status, json } = await relay.ask('/api/events?limit=3')
  assert.equal(status, 200)
  assert.deepEqual([json.partial, json.events.length > 0, typeof json.cursor], [true, true, 'string'])
  assert.equal((await relay.ask('/healthz')).status, 200)
})
