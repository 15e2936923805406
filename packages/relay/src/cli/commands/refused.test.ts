import assert from 'node:assert/strict'
import { test } from 'node:test'
import { order, PIXEL, type Relay, startRelay } from '../../service/helpers.test.ts'
import { type Ran, run } from '../helpers.test.ts'

const ask = (relay: Relay, ...argv: string[]): Promise<Ran> =>
  run(['refused', ...argv, '--relay', relay.url], { env: {} })

test('what the API refused is grouped by code, exported, sent again once it is mended, and given up with a reason', async (context) => {
  const relay = await startRelay(context, { emulator: { poison: '^bad' } })
  const refused = relay.next('event:refused', 2)
  await relay.bring([order('bad1'), order('bad2'), order('good')])
  await refused
  const { stdout } = await ask(relay, 'ls')
  assert.match(stdout, new RegExp(`^ +2 {2}${PIXEL} {2}event_rejected `, 'm'))
  const exported = (await ask(relay, 'export')).stdout.trim().split('\n')
  assert.deepEqual(exported.map((line) => JSON.parse(line).id).sort(), ['bad1', 'bad2'])
  assert.match(
    (await ask(relay, 'replay', '--since', '2020-01-01T00:00:00Z', '--dry-run')).stderr,
    /dryRun: true, events: 2/,
  )
  const again = relay.next('event:refused', 2)
  assert.match((await ask(relay, 'replay', '--code', 'event_rejected')).stderr, /replayed: 2/)
  await again
  assert.equal((await ask(relay, 'discard', '--reason', 'a test')).exitCode, 2)
  assert.match((await ask(relay, 'discard', '--pixel', PIXEL, '--reason', 'a test')).stderr, /discarded: 2/)
  assert.match((await ask(relay, 'ls')).stderr, /Nothing is refused/)
})
