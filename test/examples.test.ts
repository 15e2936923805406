/** The examples are documentation, and run here as a reader would run them, against the emulated API. */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { makeExamples } from '../examples/make.ts'
import worker, { type Env } from '../examples/worker.ts'
import { childEnvironment } from '../packages/relay/src/child-environment.helpers.ts'
import { run, startApi, storedIn } from '../packages/relay/src/cli/cli.helpers.ts'
import { tempFolder } from '../packages/relay/src/files/files.helpers.ts'

const EXAMPLES = fileURLToPath(new URL('../examples/', import.meta.url))

interface Output {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

function runExample(name: string, env: Readonly<Record<string, string>> = {}): Promise<Output> {
  return new Promise((resolve) => {
    const args = ['--conditions=waybill-source', join(EXAMPLES, name)]
    const options = { env: { ...childEnvironment(), ...env } }
    const child = execFile(process.execPath, args, options, (_error, stdout, stderr) =>
      resolve({ exitCode: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}

test('first light: the relay with the emulator behind it, the examples through it, and it runs on until it is told to stop', async () => {
  const child = spawn(process.execPath, ['--conditions=waybill-source', join(EXAMPLES, 'first-light.ts')], {
    env: childEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let shown = ''
  for await (const text of child.stderr.setEncoding('utf8')) {
    shown += text
    if (shown.includes('Ctrl-C ends it.')) break
  }
  assert.match(
    shown,
    /343 rows, 301 events, [2-4] requests\n +297 {2}queued at the relay\n +3 {2}refused\n +1 {2}repeated/,
  )
  assert.match(shown, /336 {2}delivered\n +1 {2}refused\n[\s\S]* 0 {2}unaccounted/)
  assert.match(shown, /sub_13: .*rejected/)
  assert.match(shown, /The API stored 336 conversions, each once \(0 duplicates\)/)
  const relay = /The relay listens on (\S+)\./.exec(shown)![1]!
  const { counts } = (await (await fetch(`${relay}/api/status`)).json()) as { counts: Record<string, number> }
  assert.deepEqual([counts['delivered'], counts['unaccounted']], [336, 0])
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  assert.deepEqual(await gone, [0, null])
})

test('npm start with a pixel that is configured is the relay, and sends no example', async (context) => {
  const api = await startApi(context)
  const env = {
    ...childEnvironment(),
    WAYBILL_PIXEL_ID: 'px',
    WAYBILL_API_KEY: 'key',
    WAYBILL_ENDPOINT: api.url,
    WAYBILL_LISTEN: '127.0.0.1:0',
    WAYBILL_DATA_DIR: join(tempFolder(context), 'data'),
  }
  const child = spawn(process.execPath, ['--conditions=waybill-source', join(EXAMPLES, 'first-light.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let log = ''
  for await (const text of child.stdout.setEncoding('utf8')) {
    log += text
    if (log.includes('relay listening')) break
  }
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  assert.deepEqual(await gone, [0, null])
  assert.equal(storedIn(api).size, 0)
})

test('leads: the mapping fills in what the CRM does not say; late ones are refused, phones dropped with a warning', async (context) => {
  const api = await startApi(context)
  const folder = tempFolder(context)
  const { leads } = makeExamples(Date.now(), folder)
  const refused = join(folder, 'refused.csv')
  const map = join(EXAMPLES, 'leads.map.json')
  const argv = ['send', leads, '--map', map, '--pixel', 'px', '--endpoint', api.url, '--refused', refused, '--json']
  const { exitCode, stdout, stderr } = await run(argv)
  assert.equal(exitCode, 1, stderr)
  const { delivered, byCode } = JSON.parse(stdout)
  assert.deepEqual([delivered, byCode], [55, { event_timestamp_too_old: 5 }])
  assert.match(stderr, /ignored .*"Sales rep"/)
  assert.match(stderr, /identity_not_in_contract ×\d+/)
  assert.ok(storedIn(api).has('lead_48201'))
  assert.equal(readFileSync(refused, 'utf8').trimEnd().split('\n').length, 6)
})

test('leads under 2026-11: the phones are hashed and sent', async (context) => {
  const api = await startApi(context, { contract: '2026-11' })
  const { leads } = makeExamples(Date.now(), tempFolder(context))
  const map = join(EXAMPLES, 'leads.map.json')
  const { stderr } = await run([
    ...['send', leads, '--map', map, '--pixel', 'px', '--endpoint', api.url, '--contract', '2026-11'],
  ])
  assert.ok(!stderr.includes('identity_not_in_contract'), stderr)
  assert.equal(storedIn(api).size, 55)
  assert.match(JSON.stringify(api.emulator.events()[0]), /"phone_numbers_sha256":\["[0-9a-f]{64}"\]/)
})

test('subscriptions: whole events as a backend logs them', async (context) => {
  const api = await startApi(context)
  const { subscriptions } = makeExamples(Date.now(), tempFolder(context))
  const { exitCode, stderr } = await run(['send', subscriptions, '--pixel', 'px', '--endpoint', api.url])
  assert.equal(exitCode, 0, stderr)
  assert.equal(storedIn(api).size, 40)
})

test('the program for Node prints one outcome per event', async (context) => {
  const api = await startApi(context)
  const env = { WAYBILL_PIXEL_ID: 'px', WAYBILL_API_KEY: 'k', WAYBILL_ENDPOINT: api.url }
  const { exitCode, stdout, stderr } = await runExample('node.ts', env)
  assert.equal(exitCode, 0, stderr)
  assert.match(stdout, /^order_12345: delivered\norder_12346: refused\n/)
  assert.match(stdout, /missing_currency data\.currency/)
  assert.deepEqual([...storedIn(api)], [['order_12345', 1]])
})

test('the worker answers first and delivers while waitUntil keeps it alive; strangers are turned away', async (context) => {
  const api = await startApi(context)
  const env: Env = { WAYBILL_PIXEL_ID: 'px', WAYBILL_API_KEY: 'k', WAYBILL_ENDPOINT: api.url, WEBHOOK_SECRET: 's' }
  const order = {
    number: '7',
    paidAt: new Date().toISOString(),
    total: '5.00',
    currency: 'EUR',
    email: 'a@example.com',
  }
  const waited: Promise<unknown>[] = []
  const call = (secret: string): Promise<Response> => {
    const headers = { authorization: `Bearer ${secret}` }
    const request = new Request('https://w.example.com/paid', { method: 'POST', headers, body: JSON.stringify(order) })
    return worker.fetch(request, env, { waitUntil: (promise) => void waited.push(promise) })
  }
  assert.equal((await call('wrong')).status, 401)
  assert.equal((await call('s')).status, 204)
  assert.equal(storedIn(api).size, 0)
  await Promise.all(waited)
  assert.deepEqual([...storedIn(api)], [['order_7', 1]])
})

test('the serverless function has delivered when it returns', async (context) => {
  const api = await startApi(context)
  Object.assign(process.env, { WAYBILL_PIXEL_ID: 'px', WAYBILL_API_KEY: 'k', WAYBILL_ENDPOINT: api.url })
  const { handler } = await import('../examples/serverless.ts')
  assert.deepEqual(await handler({ body: '{"email":"lead@example.com"}' }), { statusCode: 204 })
  assert.equal(storedIn(api).size, 1)
})
