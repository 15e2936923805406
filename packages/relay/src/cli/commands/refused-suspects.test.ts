import assert from 'node:assert/strict'
import { test } from 'node:test'
import { order, PIXEL, type Relay, startRelay } from '../../service/service.helpers.ts'
import { suspect } from '../../service/suspects.helpers.ts'
import { type Ran, run } from '../cli.helpers.ts'

const ask = (relay: Relay, ...argv: string[]): Promise<Ran> => run([...argv, '--relay', relay.url], { env: {} })

test('a person sees suspects, confirms one, and releases the others', async (context) => {
  const relay = await startRelay(context)
  await suspect(relay, [order('a'), order('b'), order('c')])
  const { stdout } = await ask(relay, 'events', 'ls', '--suspect')
  assert.match(stdout, /held +\S+ +\S+ +a /)
  assert.match(stdout, /suspect \(refused\), once since 1970-01-01T00:00:00.005Z: invalid_event: It was refused once\./)
  assert.match((await ask(relay, 'status')).stdout, /3 suspected \(3 refused\): waybill events ls --suspect/)
  assert.match((await ask(relay, 'events', 'show', 'a')).stdout, /suspect \(refused\)/)

  const dry = await ask(relay, 'refused', 'confirm', '--code', 'invalid_event', '--dry-run', '--json')
  assert.deepEqual(JSON.parse(dry.stdout), { dryRun: true, events: 3 })
  const confirmed = await ask(relay, 'refused', 'confirm', 'a', '--reason', 'no such order')
  assert.match(confirmed.stderr, /^confirmed: 1$/m)
  assert.match((await ask(relay, 'events', 'show', 'a')).stdout, /confirmed {2}by .+\(no such order\)/)
  assert.equal((await relay.store.show('a'))[0]?.state, 'refused')

  const delivered = relay.next('event:delivered', 2)
  assert.match((await ask(relay, 'refused', 'release', '--pixel', PIXEL)).stderr, /^released: 2$/m)
  await ask(relay, 'resume', PIXEL)
  await delivered
})

test('what is no suspect, and a selection of everything, are told', async (context) => {
  const relay = await startRelay(context)
  await suspect(relay, [order('a')])
  await relay.bring([order('calm')])
  const calm = await ask(relay, 'refused', 'confirm', 'calm')
  assert.deepEqual([calm.exitCode, /calm is no suspect: row 2 /.test(calm.stderr)], [2, true], calm.stderr)
  const all = await ask(relay, 'refused', 'release')
  assert.deepEqual([all.exitCode, /Say which ones/.test(all.stderr)], [2, true], all.stderr)
  const both = await ask(relay, 'refused', 'release', 'a', '--code', 'x')
  assert.deepEqual([both.exitCode, /not both/.test(both.stderr)], [2, true], both.stderr)
  assert.equal((await relay.store.pixels())[0]?.suspects, 1)
})
