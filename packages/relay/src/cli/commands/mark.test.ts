import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startRelay } from '../../service/service.helpers.ts'
import { run } from '../cli.helpers.ts'

test('a release is noted with its time and pixel, and stands among the marks', async (context) => {
  const relay = await startRelay(context)
  const env = { WAYBILL_RELAY: relay.url }
  assert.equal((await run(['mark', 'backend 2.14'], { env })).exitCode, 0)
  const at = new Date(Date.now() - 60_000).toISOString()
  assert.equal((await run(['mark', 'theme', '--at', at, '--pixel', 'px'], { env })).exitCode, 0)
  assert.match((await run(['mark', 'x', '--pixel', 'none'], { env })).stderr, /no such pixel/)
  const { marks } = (await relay.ask('/api/marks')).json
  const own = marks.filter(({ kind }: { kind: string }) => kind === 'user')
  assert.deepEqual(
    own.map(({ text, by, pixel }: Record<string, unknown>) => [text, by, pixel]),
    [
      ['backend 2.14', 'loopback', null],
      ['theme', 'loopback', 'px'],
    ],
  )
  assert.equal((await relay.ask(`/api/marks/${own[0].id}`, { method: 'DELETE' })).status, 200)
  assert.equal((await relay.ask(`/api/marks/${own[0].id}`, { method: 'DELETE' })).status, 404)
})
