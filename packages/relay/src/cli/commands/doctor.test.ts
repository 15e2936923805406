import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { EmulatorOptions } from '@waybill/emulator'
import { systemRuntime } from 'waybill'
import type { Environment } from '../../config/index.ts'
import type { Finding } from '../../doctor/index.ts'
import { tempFolder } from '../../files/files.helpers.ts'
import { environment, KEY, order, PIXEL, startApi, startRelay } from '../../service/service.helpers.ts'
import { type Ran, type RunOptions, run } from '../cli.helpers.ts'

/** Waits between tries pass at once, time limits do not. */
const RUNTIME = {
  ...systemRuntime,
  sleep: (ms: number, signal?: AbortSignal): Promise<void> =>
    ms < 10_000 ? Promise.resolve() : systemRuntime.sleep(ms, signal),
}

interface Examined extends Ran {
  /** `check level`, without what is ok. */
  readonly troubles: readonly string[]
  readonly api: Awaited<ReturnType<typeof startApi>>
}

/** `waybill doctor` before any relay ran, against an API of the test's own. */
async function examine(
  context: TestContext,
  emulator: EmulatorOptions,
  env: Environment = {},
  options: RunOptions = {},
): Promise<Examined> {
  const api = await startApi(context, emulator)
  const folder = tempFolder(context)
  const ran = await run(['doctor', '--json'], {
    env: { ...environment(api.url, folder), ...env },
    runtime: RUNTIME,
    ...options,
  })
  assert.deepEqual(readdirSync(folder), [], 'it writes nothing')
  assert.ok(!(ran.stdout + ran.stderr).includes(KEY), 'it shows a key')
  return { ...ran, troubles: troublesOf(ran), api }
}

function troublesOf({ stdout }: Ran): string[] {
  const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: Finding[] }
  assert.equal(
    ok,
    findings.every(({ level }) => level !== 'wrong'),
  )
  return findings.filter(({ level }) => level !== 'ok').map(({ check, level }) => `${check} ${level}`)
}

test('before any relay ran, each check is a line with its mark, and all is well', async (context) => {
  const api = await startApi(context)
  const { exitCode, stdout, stderr } = await run(['doctor'], { env: environment(api.url, tempFolder(context)) })
  assert.equal(exitCode, 0, stdout)
  const lines = stdout.trimEnd().split('\n')
  assert.ok(
    lines.every((line) => line.startsWith('✓ ')),
    stdout,
  )
  assert.deepEqual(
    lines.map((line) => line.split(/ +/)[1]),
    ['configuration', 'disk', 'schema', 'dns', 'tls', 'api', 'clock', 'key', 'contract'],
  )
  assert.match(stdout, /the account reads 2026-06 and 2026-11; "auto" sends it so/)
  assert.match(stderr, /All well: waybill serve\./)
  const { stored, requests, validate_requests } = api.emulator.summary()
  assert.deepEqual([stored, requests - validate_requests], [0, 0])
})

const HOURS_MS = 60 * 60 * 1_000
const ahead = (ms: number): EmulatorOptions => ({ now: () => Date.now() + ms })

const CASES: readonly (readonly [title: string, emulator: EmulatorOptions, env: Environment, troubles: string[]])[] = [
  ['a wrong key', { apiKey: 'another' }, {}, ['key wrong']],
  ['a key of another family', {}, { WAYBILL_API_KEY: 'adv-1' }, ['key wrong']],
  ['an unknown pixel', { pixel: 'another' }, {}, ['key wrong']],
  ['a limit', { fault: { '429': 1 } }, {}, ['key warning']],
  ['a fault of the API', { fault: { '500': 1 } }, {}, ['key wrong']],
  ['broken connections', { fault: { reset: 1 } }, {}, ['key wrong']],
  ['passing faults', { fault: { '503': 0.3 }, seed: 1 }, {}, []],
  ['an account of the other contract', { contract: '2026-11' }, { WAYBILL_CONTRACT: '2026-06' }, ['contract wrong']],
  ['an account of either contract, found out', { contract: '2026-11' }, {}, []],
  ['the other contract, configured', { contract: '2026-11' }, { WAYBILL_CONTRACT: '2026-11' }, []],
  ['a clock half a minute behind', ahead(30_000), {}, ['clock warning']],
  ['a clock eight days ahead', ahead(-8 * 24 * HOURS_MS), {}, ['clock wrong']],
  ['a wrong endpoint', {}, { WAYBILL_ENDPOINT: 'http://127.0.0.1:9' }, ['api wrong', 'key skipped']],
  ['a proxy', {}, { NODE_USE_ENV_PROXY: '1', https_proxy: 'http://proxy.example' }, ['dns skipped', 'tls skipped']],
]

for (const [title, emulator, env, troubles] of CASES) {
  test(`${title}: ${troubles.join(', ') || 'all well'}`, async (context) => {
    const examined = await examine(context, emulator, env)
    assert.deepEqual(examined.troubles, troubles, examined.stdout)
    assert.equal(examined.exitCode, troubles.some((trouble) => trouble.endsWith('wrong')) ? 1 : 0)
    assert.equal(examined.api.emulator.summary().stored, 0)
  })
}

test('a redirect is told and not followed', async (context) => {
  const visited: string[] = []
  const server = createServer((request, response) => {
    visited.push(`${request.method} ${request.url?.split('?')[0]}`)
    response.writeHead(307, { location: '/elsewhere' }).end()
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  context.after(() => server.close())
  const { port } = server.address() as { port: number }
  const ran = await examine(context, {}, { WAYBILL_ENDPOINT: `http://127.0.0.1:${port}` })
  assert.deepEqual(ran.troubles, ['key wrong'])
  assert.match(ran.stdout, /redirect.*\[307\]/)
  assert.deepEqual(visited, ['HEAD /', 'POST /v1/events'])
})

test('beside a running relay it reads the same data, and every pixel is asked with its own key', async (context) => {
  const relay = await startRelay(context, { emulator: { apiKey: KEY } })
  const delivered = relay.next('event:delivered', 1)
  await relay.bring([order('a')])
  await delivered
  const config = {
    pixels: [
      { pixelId: PIXEL, apiKeyEnv: 'GOOD' },
      { pixelId: 'other', apiKeyEnv: 'BAD' },
    ],
  }
  const path = join(relay.folder, 'waybill.config.json')
  writeFileSync(path, JSON.stringify(config))
  const { WAYBILL_PIXEL_ID: _id, WAYBILL_API_KEY: _key, ...env } = environment(relay.api.url, relay.folder)
  const options = { env: { ...env, GOOD: KEY, BAD: 'key-that-is-wrong' } }
  const { exitCode, stdout } = await run(['doctor', '--config', path, '--integrity'], options)
  assert.equal(exitCode, 1)
  assert.match(stdout, /✓ schema .*schema version \d+, .*undamaged/)
  assert.match(stdout, /✓ key +px: the API takes key and pixel/)
  assert.match(stdout, /✗ key +other: .*\[401\]/)
  assert.doesNotMatch(stdout, /key-that-is-wrong|key-of-the-api/)
  assert.equal(stdout.match(/ tls /g)?.length, 1, 'what is true of the host is told once')
  const again = relay.next('event:delivered', 1)
  await relay.bring([order('b')])
  await again
  assert.deepEqual(relay.failures, [])
})

test('each fault of the configuration is a line, and nothing is asked', async () => {
  const env = { WAYBILL_PIXEL_ID: 'px', WAYBILL_API_KEY: KEY, WAYBILL_CONTRACT: 'x', WAYBILL_LISTEN: 'y' }
  const { exitCode, stdout } = await run(['doctor'], { env })
  assert.equal(exitCode, 1)
  assert.match(stdout, /^✗ configuration +WAYBILL_LISTEN: write .*\n✗ configuration +WAYBILL_CONTRACT: write .*\n$/)
})

test('wrong use is exit code 2, and an interruption 3', async (context) => {
  assert.equal((await run(['doctor', '--nonsense'])).exitCode, 2)
  const api = await startApi(context)
  const env = environment(api.url, tempFolder(context))
  assert.equal((await run(['doctor'], { env, signal: AbortSignal.abort() })).exitCode, 3)
})
