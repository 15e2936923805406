import assert from 'node:assert/strict'
import { chmodSync } from 'node:fs'
import { test } from 'node:test'
import { tempFile, tempFolder } from '../files/files.helpers.ts'
import { ordersCsv, type Ran, run } from './cli.helpers.ts'

const SECRET = 'sk-secret-9d1'

/** Wrong use, and what the one line has to say. ORDERS is a good file, FOLDER a folder, and so on. */
const WRONG: readonly (readonly [argv: readonly string[], said: RegExp])[] = [
  [['sned', 'ORDERS'], /unknown command 'sned'\. Did you mean send\? See waybill --help\./],
  [['--', 'send', 'ORDERS'], /Name the command first: waybill <command>/],
  [['send', 'ORDERS', '--pixl', 'px'], /unknown option '--pixl'\. Did you mean --pixel\?/],
  [['send', '--pixel', 'px'], /missing required argument 'file'\./],
  [['send', 'ORDERS'], /No pixel: name it with --pixel/],
  [['send', 'ORDERS', '--pixel', 'px', '--api-key', SECRET], /set WAYBILL_API_KEY, or name a file with --api-key-file/],
  [['send', 'ORDERS', '--pixel', 'px', `--api-key=${SECRET}`], /set WAYBILL_API_KEY/],
  [['send', 'ORDERS', '--pixel', 'px', `--key=${SECRET}`], /unknown option '--key'/],
  [['send', 'ORDERS', '--pixel', 'px', '--api-key-file', 'no-such-key'], /no-such-key cannot be read/],
  [['send', 'ORDERS', '--pixel', 'px', '--api-key-file', 'FOLDER'], /cannot be read/],
  [['send', 'ORDERS', '--pixel', 'px', '--endpoint', 'shop'], /endpoint is not an http\(s\) URL/],
  [['send', 'ORDERS', '--pixel', 'px', '--endpoint', 'http://shop.example.com'], /endpoint must be https/],
  [['send', 'ORDERS', '--pixel', 'px', '--rate', '0'], /It must be a number above 0/],
  [['send', 'ORDERS', '--pixel', 'px', '--preflight', 'maybe'], /Allowed choices are always, novel, never/],
  [['validate', 'ORDERS', '--contract', '2027-01'], /Allowed choices are 2026-06, 2026-11/],
  [['validate', 'no-such-file.csv'], /no-such-file\.csv: there is no such file/],
  [['validate', 'FOLDER'], /it is a folder/],
  [['validate', 'ORDERS', '--map', 'no-such-map.json'], /no-such-map\.json: there is no such file/],
  [['validate', 'ORDERS', '--map', 'NOJSON'], /The mapping is not valid JSON/],
  [['validate', 'ORDERS', '--refused', 'FOLDER/no/refused.csv'], /refused\.csv: there is no such/],
  [['hash', 'x@example.com'], /required option '--as <kind>' not specified/],
  [['hash', 'x@example.com', '--as', 'mail'], /Allowed choices are email, /],
]

for (const [argv, said] of WRONG) {
  test(`waybill ${argv.join(' ')} is answered in one line that says what to do`, async (context) => {
    const folder = tempFolder(context)
    const places: Record<string, string> = {
      ORDERS: tempFile(context, 'orders.csv', ordersCsv(1)),
      NOJSON: tempFile(context, 'map.json', '{nope'),
    }
    const args = argv.map((arg) => (places[arg] ?? arg).replace('FOLDER', folder))
    assertOneLine(await run(args), said)
  })
}

test('without a key the line names both ways to give one', async (context) => {
  const file = tempFile(context, 'orders.csv', ordersCsv(1))
  const ran = await run(['send', file, '--pixel', 'px'], { env: { WAYBILL_API_KEY: ' ' } })
  assertOneLine(ran, /No API key: set WAYBILL_API_KEY, or name a file with --api-key-file or WAYBILL_API_KEY_FILE/)
})

test('a key that the environment gives in two ways, or by a file that has none, is told in a line', async (context) => {
  const argv = ['send', tempFile(context, 'orders.csv', ordersCsv(1)), '--pixel', 'px']
  const key = tempFile(context, 'key', SECRET)
  assertOneLine(await run(argv, { env: { WAYBILL_API_KEY: 'k', WAYBILL_API_KEY_FILE: key } }), /given twice.*keep one/)
  const empty = tempFile(context, 'empty', ' ')
  assertOneLine(await run(argv, { env: { WAYBILL_API_KEY_FILE: empty } }), /is empty: put the .* key in it/)
  assertOneLine(await run(argv, { env: { WAYBILL_API_KEY_FILE: 'none' } }), /none cannot be read/)
})

test('a key file that others can read is refused with the command that fixes it', async (context) => {
  if (process.platform === 'win32') return context.skip('Windows has no such modes')
  const orders = tempFile(context, 'orders.csv', ordersCsv(1))
  const key = tempFile(context, 'key', SECRET)
  for (const mode of [0o604, 0o640, 0o644]) {
    chmodSync(key, mode)
    assertOneLine(await run(['send', orders, '--pixel', 'px', '--api-key-file', key]), /run chmod 600 /)
  }
  const empty = tempFile(context, 'empty', '')
  chmodSync(empty, 0o600)
  assertOneLine(await run(['send', orders, '--pixel', 'px', '--api-key-file', empty]), /is empty: put the .* key in it/)
})

test('--help and --version are data, on stdout, with exit code 0', async () => {
  const help = await run(['--help'])
  assert.deepEqual([help.exitCode, help.stderr], [0, ''])
  assert.match(help.stdout, /Exit codes:\n {2}0 {2}all well/)
  const version = await run(['--version'])
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/)
})

test('no command at all shows the help on stderr, with exit code 2', async () => {
  const ran = await run([])
  assert.deepEqual([ran.exitCode, ran.stdout], [2, ''])
  assert.match(ran.stderr, /Usage: waybill/)
})

function assertOneLine({ exitCode, stdout, stderr }: Ran, said: RegExp): void {
  assert.match(stderr, said)
  assert.deepEqual([exitCode, stdout, stderr.trim().split('\n').length], [2, '', 1], stderr)
  assert.ok(!stderr.includes(SECRET), 'a key is shown')
}
