import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { tempFolder } from '../../files/files.helpers.ts'
import { run, startApi } from '../cli.helpers.ts'

function environment(context: TestContext, endpoint: string): Record<string, string> {
  return {
    WAYBILL_PIXEL_ID: 'px',
    WAYBILL_API_KEY: 'key-of-the-api',
    WAYBILL_ENDPOINT: endpoint,
    WAYBILL_LISTEN: '127.0.0.1:0',
    WAYBILL_DATA_DIR: join(tempFolder(context), 'data'),
  }
}

test('serve says where it listens, stops when it is asked to, and ends with exit code 0', async (context) => {
  const api = await startApi(context)
  const stop = new AbortController()
  stop.abort()
  const { exitCode, stdout } = await run(['serve'], { env: environment(context, api.url), signal: stop.signal })
  assert.equal(exitCode, 0)
  const messages = stdout
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { msg: string }).msg)
  assert.deepEqual(messages, ['relay listening', 'stopping: intake is closed, requests in flight end', 'stopped'])
  assert.match(stdout, /"url":"http:\/\/127\.0\.0\.1:\d+"/)
})

test('each fault of the configuration is one line, and the exit code says wrong use', async () => {
  const { exitCode, stderr, stdout } = await run(['serve'], {
    env: { WAYBILL_PIXEL_ID: 'px', WAYBILL_API_KEY: 'k', WAYBILL_CONTRACT: 'x', WAYBILL_LISTEN: 'y' },
  })
  assert.deepEqual([exitCode, stdout], [2, ''])
  assert.match(stderr, /^waybill: WAYBILL_LISTEN: write .*\nwaybill: WAYBILL_CONTRACT: write .*\n$/)
})

test('another endpoint on the same data is refused with the flag that accepts it', async (context) => {
  const [first, second] = [await startApi(context), await startApi(context)]
  const stop = new AbortController()
  stop.abort()
  const env = environment(context, first.url)
  assert.equal((await run(['serve'], { env, signal: stop.signal })).exitCode, 0)
  const moved = { ...env, WAYBILL_ENDPOINT: second.url }
  const refused = await run(['serve'], { env: moved, signal: stop.signal })
  assert.equal(refused.exitCode, 2)
  assert.match(refused.stderr, /^waybill: Pixel px was delivered to .*--accept-endpoint\.\n$/)
  assert.equal((await run(['serve', '--accept-endpoint'], { env: moved, signal: stop.signal })).exitCode, 0)
  assert.equal((await run(['serve'], { env: moved, signal: stop.signal })).exitCode, 0)
})

test('an address, a port, a folder or a file that cannot be used is told in one line with what to do', async (context) => {
  const api = await startApi(context)
  const env = environment(context, api.url)
  const taken = await run(['serve'], { env: { ...env, WAYBILL_LISTEN: new URL(api.url).host } })
  assert.deepEqual([taken.exitCode, taken.stderr.split('\n').length], [2, 2])
  assert.match(taken.stderr, /port \d+ is taken.*--port/)
  const file = join(tempFolder(context), 'file')
  writeFileSync(file, '')
  const cases: readonly (readonly [change: Record<string, string>, said: RegExp])[] = [
    [{ WAYBILL_DATA_DIR: file }, /^waybill: dataDir: this is a file, or lies below one\. Name a folder, .*\n$/],
    [{ WAYBILL_DATA_DIR: join(file, 'data') }, /^waybill: dataDir: this is a file, or lies below one\. .*\n$/],
    [
      { WAYBILL_LISTEN: '192.0.2.1:0', WAYBILL_INTAKE_TOKEN: 'token' },
      /^waybill: listen: this machine has no such address\. Name one of its own, .*\n$/,
    ],
  ]
  for (const [change, said] of cases) {
    const { exitCode, stderr } = await run(['serve'], { env: { ...env, ...change } })
    assert.equal(exitCode, 2)
    assert.match(stderr, said)
  }
  const broken = tempFolder(context)
  mkdirSync(broken, { recursive: true })
  writeFileSync(join(broken, 'waybill.db'), 'this is no database, whatever its name may say'.repeat(100))
  const damaged = await run(['serve'], { env: { ...env, WAYBILL_DATA_DIR: broken } })
  assert.deepEqual([damaged.exitCode, damaged.stderr.trimEnd().split('\n').length], [2, 1])
})
