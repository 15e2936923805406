import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { type Ran, run } from '../cli.helpers.ts'

interface Running {
  readonly url: string
  stop(): Promise<Ran>
}

/** Starts `waybill emulate` on a free port and waits until it says where. */
async function emulate(argv: readonly string[]): Promise<Running> {
  const controller = new AbortController()
  let talk = ''
  let tell = (_url: string): void => {}
  const told = new Promise<string>((resolve) => {
    tell = resolve
  })
  const onTalk = (text: string): void => {
    talk += text
    const url = /on (http:\S+)/.exec(talk)?.[1]
    if (url !== undefined) tell(url)
  }
  const ended = run(['emulate', '--port', '0', ...argv], { signal: controller.signal, onTalk })
  const url = await Promise.race([told, ended.then(({ stderr }) => Promise.reject(new Error(stderr)))])
  return {
    url,
    stop() {
      controller.abort()
      return ended
    },
  }
}

function post(url: string, key: string): Promise<Response> {
  const event = {
    id: 'e1',
    type: 'lead_created',
    timestamp_ms: Date.now(),
    action_source: 'other',
    data: { type: 'customer_action' },
  }
  return fetch(`${url}/v1/events?pid=px`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ events: [event] }),
  })
}

test('emulate serves the API with its options until it is interrupted, then says what came', async () => {
  const { url, stop } = await emulate(['--api-key', 'made-up', '--pixel', 'px'])
  assert.equal((await post(url, 'another')).status, 401)
  assert.deepEqual(await (await post(url, 'made-up')).json(), { accepted_events: 1 })
  const { exitCode, stdout, stderr } = await stop()
  assert.deepEqual([exitCode, stdout], [0, ''])
  assert.match(stderr, /1 stored, 2 requests, 0 duplicates/)
})

test('emulate --fault and --retry-after reach the emulator', async () => {
  const { url, stop } = await emulate(['--fault', '503=1', '--retry-after', '7', '--seed', '3'])
  const answer = await post(url, 'k')
  assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '7'])
  await stop()
})

test('a port that is taken is told in one line', async (context) => {
  const server = createServer().listen(0, '127.0.0.1')
  context.after(() => server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  const { exitCode, stderr } = await run(['emulate', '--port', String(port)])
  assert.equal(exitCode, 2)
  assert.match(stderr, /^waybill: Port \d+ is taken: .*--port\.\n$/)
})

const WRONG: readonly (readonly string[])[] = [
  ['--fault', 'flood=0.1'],
  ['--fault', 'lost'],
  ['--fault', 'lost=1.5'],
  ['--errors', 'some'],
  ['--poison', '('],
  ['--port', 'x'],
  ['--port', '70000'],
  ['--now', 'yesterday'],
]

for (const argv of WRONG) {
  test(`emulate ${argv.join(' ')} is wrong use, told in one line`, async () => {
    const { exitCode, stderr } = await run(['emulate', ...argv])
    assert.equal(exitCode, 2)
    assert.equal(stderr.trim().split('\n').length, 1, stderr)
    assert.ok(!stderr.includes('should not happen'), stderr)
  })
}
