import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { CANARY_ID_PREFIX } from 'waybill/delivery'
import { errorResponse } from '../../engine/virtual-engine.helpers.ts'
import { eventually } from '../../http/admin/eventually.helpers.ts'
import { order, orders, PIXEL, type Relay, startRelay } from '../../service/service.helpers.ts'
import type { NewEvent } from '../../store/index.ts'
import { memoryData, memoryStore } from '../../store/memory/index.ts'
import { type Ran, run } from '../cli.helpers.ts'

const ask = (relay: Relay, ...argv: string[]): Promise<Ran> => run([...argv, '--relay', relay.url], { env: {} })

test('status counts every state and names the pixels; what is unaccounted for is 0', async (context) => {
  const relay = await startRelay(context)
  const delivered = relay.next('event:delivered', 1)
  await relay.bring([order('a')])
  await delivered
  const { exitCode, stdout } = await ask(relay, 'status')
  assert.equal(exitCode, 0)
  assert.match(stdout, /^ +1 {2}delivered$/m)
  assert.match(stdout, /^ +0 {2}unaccounted$/m)
  assert.match(stdout, new RegExp(`^${PIXEL} {2}delivering {2}0 waiting$`, 'm'))
  assert.equal(JSON.parse((await ask(relay, 'status', '--json')).stdout).counts.delivered, 1)
})

test('status of several relays names the one that delivers each pixel', async (context) => {
  const data = memoryData()
  const relay = await startRelay(context, { open: async () => memoryStore({ data, several: {} }) })
  assert.doesNotMatch((await ask(relay, 'status')).stdout, /delivered by relay/)
  const delivered = relay.next('event:delivered', 1)
  await relay.bring([order('a')])
  await delivered
  const { stdout } = await ask(relay, 'status')
  assert.match(stdout, new RegExp(`^ {4}delivered by relay .+:${process.pid}$`, 'm'))
})

test('status says of a pixel whose requests fail how many did, since when and how', async (context) => {
  let isDown = false
  const relay = await startRelay(context, {
    fetch: (...request) => (isDown ? Promise.resolve(new Response('', { status: 503 })) : fetch(...request)),
  })
  const delivered = relay.next('event:delivered', 1)
  await relay.bring([order('first')])
  await delivered
  assert.doesNotMatch((await ask(relay, 'status')).stdout, /failed/)
  isDown = true
  const failed = relay.next('request:answered', 1)
  await relay.bring([order('second')])
  await failed
  const { stdout } = await ask(relay, 'status')
  assert.match(
    stdout,
    new RegExp(
      `^${PIXEL} {2}delivering {2}1 waiting\n {4}the last request failed, since 20[-0-9]+T[0-9:]+Z \\(status 503\\): events are kept`,
      'm',
    ),
  )
})

test('the admin token comes from the environment or from the file it names, and a wrong one is told from none', async (context) => {
  const relay = await startRelay(context, { env: { WAYBILL_ADMIN_TOKEN: 'admin-token-78' } })
  const file = join(relay.folder, 'token.txt')
  writeFileSync(file, 'admin-token-78\r\n')
  const cases: readonly (readonly [env: Record<string, string>, exitCode: number, said: RegExp])[] = [
    [{ WAYBILL_ADMIN_TOKEN: 'admin-token-78' }, 0, /^$/],
    [{ WAYBILL_ADMIN_TOKEN_FILE: file }, 0, /^$/],
    [{ WAYBILL_ADMIN_TOKEN: 'another' }, 2, /does not know this admin token/],
    [{ WAYBILL_ADMIN_TOKEN: 'two\nlines' }, 2, /The admin token has white space/],
    [{ WAYBILL_ADMIN_TOKEN_FILE: `${file}.gone` }, 2, /gone of WAYBILL_ADMIN_TOKEN_FILE cannot be read/],
    [{}, 2, /wants an admin token: set WAYBILL_ADMIN_TOKEN/],
  ]
  for (const [env, exitCode, said] of cases) {
    const ran = await run(['status', '--relay', relay.url], { env })
    assert.equal(ran.exitCode, exitCode, ran.stderr)
    assert.match(ran.stderr.trim(), said)
    assert.ok(!ran.stderr.includes('another') && ran.stderr.split('\n').length <= 2, ran.stderr)
  }
})

test('an address that is no URL is told so, and not that nobody answers there', async () => {
  for (const relay of ['nonsense', '127.0.0.1:8787', 'http://', 'ftp://127.0.0.1']) {
    const { exitCode, stderr } = await run(['status', '--relay', relay], { env: {} })
    assert.equal(exitCode, 2)
    assert.match(stderr, /^waybill: The address of the relay is no URL: write one such as http:\/\/127/)
  }
})

test('hold keeps a pixel back with its reason, and resume lets it go on', async (context) => {
  const relay = await startRelay(context)
  assert.equal((await ask(relay, 'hold', PIXEL, '--reason', 'campaign paused')).exitCode, 0)
  await relay.bring([order('b')])
  const { stdout } = await ask(relay, 'status')
  assert.match(stdout, /held {2}1 waiting\n.*campaign paused.*\n {4}waybill resume px$/m)
  const delivered = relay.next('event:delivered', 1)
  assert.match((await ask(relay, 'resume', PIXEL)).stderr, /goes on/)
  await delivered
  assert.match((await ask(relay, 'resume', PIXEL)).stderr, /was not held/)
})

test('events lists by state and shows the account of one, each attempt included', async (context) => {
  const relay = await startRelay(context)
  const delivered = relay.next('event:delivered', 1)
  await relay.bring([order('c'), { id: 'bad', type: 'order_created', timestamp_ms: 1, data: { type: 'contents' } }])
  await delivered
  assert.match((await ask(relay, 'events', 'ls', '--state', 'refused')).stdout, /^refused .* bad/)
  const { stdout } = await ask(relay, 'events', 'show', 'c')
  assert.match(stdout, /^delivered .* c$/m)
  assert.match(stdout, /200 {2}delivered, alone/)
  assert.equal((await ask(relay, 'events', 'show', 'nobody')).exitCode, 2)
})

test('status names what expires soon, and a pixel that is not configured any more', async (context) => {
  const relay = await startRelay(context)
  assert.equal((await ask(relay, 'hold', PIXEL, '--reason', 'x')).exitCode, 0)
  const ageMs = (hoursLeft: number): object => ({ timestamp_ms: Date.now() - (7 * 24 - hoursLeft) * 3_600_000 })
  await relay.bring([order('hour', ageMs(0.5)), order('day', ageMs(12)), order('later', ageMs(48))])
  const { stdout } = await ask(relay, 'status')
  assert.match(stdout, /^2 expire within 24 h unless they are delivered, 1 of them within 1 h$/m)
  assert.match(stdout, /^ {4}2 expire within 24 h/m)
  await relay.store.accept([storedFor('gone')], Date.now())
  const after = await ask(relay, 'status')
  assert.match(
    after.stdout,
    /^gone {2}unconfigured {2}1 waiting\n {4}nothing is sent for it: add it to the configuration/m,
  )
  const { expiring, pixels, counts } = JSON.parse((await ask(relay, 'status', '--json')).stdout)
  assert.deepEqual([expiring, counts.unaccounted], [{ within24h: 2, within1h: 1 }, 0])
  assert.deepEqual(
    pixels.map(({ pixel, state }: { pixel: string; state: string }) => [pixel, state]),
    [
      [PIXEL, 'held'],
      ['gone', 'unconfigured'],
    ],
  )
})

function storedFor(pixel: string): NewEvent {
  const content = { wire: '{}', shape: 's', contentHash: new Uint8Array(16), issues: [] }
  return { ...content, pixel, name: 'order_created', id: 'a', timestampMs: Date.now(), source: 'test' }
}

/**
 * - the API refuses all events of a kind, so that they are held
 * - status shows the shape with the command that resumes it, and that command does
 */
test('status shows what is held of a pixel, and resume --shape lets it go on', async (context) => {
  const api = { refuses: true }
  const relay = await startRelay(context, {
    env: { WAYBILL_PREFLIGHT: 'never' },
    fetch: (input, init) =>
      api.refuses && !String(init?.body).includes(CANARY_ID_PREFIX) ? Promise.resolve(refusal()) : fetch(input, init),
  })
  const held = relay.next('shape:held')
  await relay.bring(orders(20))
  const [about] = await held
  await eventually(async () => (await relay.store.counts()).held >= 20)
  const { stdout } = await ask(relay, 'status')
  assert.match(stdout, /^ {4}held: 20 like order_created\|.*, unexplained_rejection: .* \(by waybill\)$/m)
  assert.match(stdout, /^ {6}Compare the reason with the last change of your code/m)
  const [, quoted = ''] = /waybill resume px --shape '(.*)'$/m.exec(stdout) ?? []
  assert.equal(quoted, about?.shape)
  api.refuses = false
  const delivered = relay.next('event:delivered', 20)
  assert.match((await ask(relay, 'resume', PIXEL, '--shape', quoted)).stderr, /goes on/)
  await delivered
  const again = await ask(relay, 'resume', PIXEL, '--shape', quoted, '--json')
  assert.deepEqual(JSON.parse(again.stdout).wasHeld, false)
  assert.equal((await ask(relay, 'resume', 'nobody', '--shape', quoted)).exitCode, 2)
})

test('status says of a key that was refused what to do, and cuts no word at 80 characters', async (context) => {
  const relay = await startRelay(context, { fetch: () => Promise.resolve(errorResponse(401, 'Unauthorized')) })
  const held = relay.next('pixel:held')
  await relay.bring([order('a')])
  await held
  const { stdout } = await run(['status', '--relay', relay.url], { env: { NO_COLOR: '1' }, isTTY: true })
  assert.match(stdout, /^ {4}unauthorized: /m)
  assert.match(stdout.replace(/\s+/g, ' '), /What waits then goes on by itself; at once with: waybill resume px/)
  const long = stdout.split('\n').filter((line) => line.length > 80 && !/^\s+waybill /.test(line))
  assert.deepEqual(long, [])
})

function refusal(): Response {
  const error = { message: 'No.', type: 'invalid_request_error', param: null, code: 'odd' }
  return new Response(JSON.stringify({ error }), { status: 400 })
}

test('without a relay there is one line that says what to do', async () => {
  const { exitCode, stderr } = await run(['status', '--relay', 'http://127.0.0.1:9'], { env: {} })
  assert.equal(exitCode, 2)
  assert.match(stderr, /^waybill: No relay answers at .*waybill serve.*\n$/)
})
