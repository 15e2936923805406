import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { parseEnv } from 'node:util'
import { loadConfig, type RelayConfig } from '../../config/index.ts'
import { tempFolder } from '../../files/files.helpers.ts'
import { type Ran, run, startApi } from '../cli.helpers.ts'

interface Place {
  readonly folder: string
  readonly config: string
  readonly env: string
}

function place(context: TestContext): Place {
  const folder = tempFolder(context)
  return { folder, config: join(folder, 'waybill.config.json'), env: join(folder, '.env.waybill') }
}

const init = ({ config }: Place, ...argv: string[]): Promise<Ran> =>
  run(['init', '--config', config, ...argv], { env: {} })

/** The environment as a shell, systemd or Docker takes it from the file, with the key filled in. */
function filledIn({ env }: Place, key: string = 'key-51b7'): Record<string, string> {
  const text = readFileSync(env, 'utf8').replace('WAYBILL_API_KEY=\n', `WAYBILL_API_KEY=${key}\n`)
  return parseEnv(text) as Record<string, string>
}

const load = (at: Place, env: Record<string, string>): RelayConfig => loadConfig({ env, path: at.config })

test('without a terminal flags and standards are taken, and what is written loads once the key is filled in', async (context) => {
  const at = place(context)
  const { exitCode, stderr } = await init(at, '--pixel', 'px_1')
  assert.equal(exitCode, 0, stderr)
  const { listen, pixels, intakeTokens, dataDir } = load(at, filledIn(at))
  assert.deepEqual(listen, { host: '127.0.0.1', port: 8787 })
  assert.match(dataDir, /waybill-data$/)
  assert.deepEqual([pixels[0]?.pixelId, pixels[0]?.apiKey, pixels[0]?.contract], ['px_1', 'key-51b7', '2026-06'])
  assert.deepEqual(intakeTokens, [])
  assert.match(stderr, /waybill doctor --config .*\n.*waybill serve --config /)
  if (process.platform !== 'win32') assert.equal(statSync(at.env).mode & 0o777, 0o600)
})

test('WAYBILL_CONFIG says where to write, as it says to the other commands where to read', async (context) => {
  const at = place(context)
  await run(['init'], { env: { WAYBILL_CONFIG: at.config, WAYBILL_PIXEL_ID: 'px_5' } })
  assert.equal(load(at, filledIn(at)).pixels[0]?.pixelId, 'px_5')
})

test('the key can be named as a file instead, by the lines that the template has for it', async (context) => {
  const at = place(context)
  await init(at, '--pixel', 'px_1')
  const key = join(at.folder, 'key')
  writeFileSync(key, 'key-of-a-file\n')
  const text = readFileSync(at.env, 'utf8')
    .replace('#WAYBILL_PIXEL_ID', 'WAYBILL_PIXEL_ID')
    .replace('#WAYBILL_API_KEY_FILE=', `WAYBILL_API_KEY_FILE=${key}`)
  const { pixels } = load(at, parseEnv(text) as Record<string, string>)
  assert.deepEqual(
    pixels.map(({ pixelId, apiKey }) => [pixelId, apiKey]),
    [['px_1', 'key-of-a-file']],
  )
})

test('for an address that others reach, tokens are made, differ each time and stay out of the configuration', async (context) => {
  const made = new Set<string>()
  for (const listen of ['0.0.0.0:8787', '[::]:9000']) {
    const at = place(context)
    const { stderr } = await init(at, '--pixel', 'px_1', '--listen', listen, '--data-dir', '/var/lib/waybill')
    const { intakeTokens, adminTokens, dataDir } = load(at, filledIn(at))
    assert.equal(dataDir, '/var/lib/waybill')
    assert.match(stderr, /intake token and an admin token, both new/)
    for (const { token } of [...intakeTokens, ...adminTokens]) {
      assert.match(token, /^[\w-]{43}$/)
      made.add(token)
      assert.ok(!readFileSync(at.config, 'utf8').includes(token) && !stderr.includes(token))
    }
  }
  assert.equal(made.size, 4)
})

test('what init wrote is what serve runs with and config print shows', async (context) => {
  const at = place(context)
  const api = await startApi(context)
  await init(at, '--pixel', 'px_1', '--listen', '127.0.0.1:0', '--data-dir', join(at.folder, 'data'))
  const env = { ...filledIn(at), WAYBILL_ENDPOINT: api.url }
  const shown = await run(['config', 'print', '--config', at.config], { env })
  assert.equal(shown.exitCode, 0, shown.stderr)
  assert.doesNotMatch(shown.stdout, /key-51b7/)
  const doctor = await run(['doctor', '--config', at.config], { env })
  assert.equal(doctor.exitCode, 0, doctor.stdout)
  const served = await run(['serve', '--config', at.config], { env, signal: AbortSignal.abort() })
  assert.equal(served.exitCode, 0, served.stderr)
  assert.match(served.stdout, /relay listening/)
})

test('nothing is overwritten without --force, whichever of the two files is there', async (context) => {
  for (const name of ['config', 'env'] as const) {
    const at = place(context)
    writeFileSync(at[name], 'precious', { mode: 0o644 })
    const { exitCode, stderr } = await init(at, '--pixel', 'px_1')
    assert.equal(exitCode, 2)
    assert.match(stderr, /exists? already: nothing was written\. --force/)
    assert.equal(readFileSync(at[name], 'utf8'), 'precious')
    assert.equal(readdirSync(at.folder).length, 1)
    assert.equal((await init(at, '--pixel', 'px_1', '--force')).exitCode, 0)
    assert.equal(load(at, filledIn(at)).pixels[0]?.pixelId, 'px_1')
    if (process.platform !== 'win32') assert.equal(statSync(at.env).mode & 0o777, 0o600)
  }
})

const WRONG: readonly (readonly [argv: readonly string[], said: RegExp])[] = [
  [[], /--pixel is needed: Pixel ID, from the conversions tab/],
  [['--pixel', 'with space'], /--pixel: copy the Pixel ID from the conversions tab/],
  [['--pixel', 'px', '--listen', '8787'], /--listen: write host:port/],
  [['--pixel', 'px', '--data-dir', ''], /--data-dir: write the path of a folder/],
  [['--pixel', 'px', '--contract', '2027-01'], /Allowed choices are 2026-06, 2026-11/],
  [['--pixel', 'px', '--api-key', 'SECRET'], /never given on the command line/],
]

for (const [argv, said] of WRONG) {
  test(`waybill init ${argv.join(' ')} is answered in one line, and nothing is written`, async (context) => {
    const at = place(context)
    const { exitCode, stderr } = await init(at, ...argv)
    assert.deepEqual([exitCode, stderr.trim().split('\n').length], [2, 1], stderr)
    assert.match(stderr, said)
    assert.doesNotMatch(stderr, /SECRET/)
    assert.deepEqual(readdirSync(at.folder), [])
  })
}

interface Typed {
  readonly answers: readonly (string | undefined)[]
  readonly argv?: readonly string[]
}

/** Runs init on a terminal, where each question is answered as it comes; `undefined` ends the input. */
async function typed({ config }: Place, { answers, argv = [] }: Typed): Promise<Ran & { questions: number }> {
  const stdin = Object.assign(new PassThrough(), { isTTY: true })
  let questions = 0
  const ran = await run(['init', '--config', config, ...argv], {
    env: {},
    stdin,
    isTTY: true,
    onTalk(text) {
      if (!text.endsWith(': ')) return
      const answer = answers[questions++]
      if (answer === undefined) stdin.end()
      else stdin.write(`${answer}\n`)
    },
  })
  return { ...ran, questions }
}

test('on a terminal it asks, takes the standard for an empty answer, and asks again after a wrong one', async (context) => {
  const at = place(context)
  const { exitCode, stderr, questions } = await typed(at, {
    answers: ['', 'px_2', '2027', '2026-11', '', '', 'http://127.0.0.1:8788'],
  })
  assert.equal(exitCode, 0, stderr)
  assert.equal(questions, 7)
  assert.match(stderr, /copy the Pixel ID from/)
  assert.doesNotMatch(stderr, /API key.*: $/m)
  const { pixels, listen } = load(at, filledIn(at))
  assert.deepEqual([pixels[0]?.pixelId, pixels[0]?.contract, listen.port], ['px_2', '2026-11', 8787])
  assert.equal(pixels[0]?.endpoint, 'http://127.0.0.1:8788')
})

test('on a terminal it does not ask what the flags say', async (context) => {
  const at = place(context)
  const argv = ['--pixel', 'px_3', '--listen', '127.0.0.1:9000', '--data-dir', 'd']
  const { exitCode, questions } = await typed(at, { answers: ['', ''], argv })
  assert.deepEqual([exitCode, questions], [0, 2])
  assert.equal(load(at, filledIn(at)).listen.port, 9000)
})

test('serve, config print and the commands that ask a relay read .env.waybill beside the configuration', async (context) => {
  const at = place(context)
  const api = await startApi(context)
  await init(
    at,
    '--pixel',
    'px_1',
    '--listen',
    '127.0.0.1:1',
    '--data-dir',
    join(at.folder, 'data'),
    '--endpoint',
    api.url,
  )
  const env = { WAYBILL_CONFIG: at.config }
  const unfilled = await run(['config', 'print'], { env })
  assert.equal(unfilled.exitCode, 0, unfilled.stderr)
  assert.match(unfilled.stderr, /WAYBILL_API_KEY is not set/)
  writeFileSync(at.env, readFileSync(at.env, 'utf8').replace('WAYBILL_API_KEY=\n', 'WAYBILL_API_KEY=key-51b7\n'))
  const served = await run(['serve', '--port', '0'], { env, signal: AbortSignal.abort() })
  assert.equal(served.exitCode, 0, served.stderr)
  const status = await run(['status'], { env })
  assert.match(status.stderr, /No relay answers at http:\/\/127\.0\.0\.1:1:/)
})

test('the file names its schema, which an editor reads and the relay ignores', async (context) => {
  const at = place(context)
  await init(at, '--pixel', 'px_1')
  const { $schema } = JSON.parse(readFileSync(at.config, 'utf8')) as { $schema: string }
  const schema = new URL(`../../../${$schema.split('/').at(-1)}`, import.meta.url)
  assert.ok('pixels' in (JSON.parse(readFileSync(schema, 'utf8')) as { properties: object }).properties)
})

test('answers that end too early leave nothing behind', async (context) => {
  const at = place(context)
  const { exitCode, stderr } = await typed(at, { answers: ['px_4', undefined] })
  assert.equal(exitCode, 3)
  assert.match(stderr, /nothing was written/)
  assert.ok(!existsSync(at.config) && !existsSync(at.env))
})
