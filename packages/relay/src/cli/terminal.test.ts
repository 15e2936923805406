import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { tempFile } from '../files/files.helpers.ts'
import { prettyLine } from '../observe/pretty.ts'
import { run } from './cli.helpers.ts'
import { complain, type Io, print, say, style } from './io.ts'

/** Everything that a terminal obeys or that turns what is read around. */
const OBEYED = /[^\P{Cc}\n\t]|[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const OWN = /\u001b\[(?:31|39|1|22|32)m/g
const HOSTILE = '\u001b]0;title\u0007\u001b[2J\u009b31m\u202e\r'

interface Terminal {
  readonly io: Io
  readonly text: () => string
}

function terminal(isTTY: boolean): Terminal {
  let text = ''
  const stream = (): PassThrough & { isTTY: boolean } => {
    const made = Object.assign(new PassThrough(), { isTTY })
    made.on('data', (data) => {
      text += data
    })
    return made
  }
  const io = { stdout: stream(), stderr: stream(), env: {} } as unknown as Io
  return { io, text: () => text }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('whatever is said, a terminal obeys nothing of it but our own colours', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(HOSTILE, '\u001b[31m', '\u0001'),
      async (any, hostile) => {
        const { io, text } = terminal(true)
        say(io, `${any}${style(io, 'red', `${hostile}${style(io, 'bold', hostile)}`)}${any}`)
        print(io, style(io, 'green', any, io.stdout))
        complain(io, hostile)
        await settled()
        assert.ok(text().includes('\u001b[31m'))
        const left = text().replaceAll(OWN, '')
        assert.doesNotMatch(left, OBEYED)
      },
    ),
  )
})

test('a colour that somebody else wrote is shown, not obeyed', async () => {
  const { io, text } = terminal(true)
  say(io, '\u001b[31mred\u001b[39m')
  await settled()
  assert.equal(text(), '\\u001b[31mred\\u001b[39m\n')
})

test('where it is no terminal nothing is obeyed either, and JSON stays JSON with the same values', async () => {
  const { io, text } = terminal(false)
  const value = { id: HOSTILE, tag: '\u{e0001}x' }
  print(io, JSON.stringify(value))
  await settled()
  assert.doesNotMatch(text(), OBEYED)
  assert.deepEqual(JSON.parse(text()), value)
})

test('a line of the log is obeyed as little', () => {
  const line = JSON.stringify({
    level: `info${HOSTILE}`,
    time: '2026-01-01T00:00:00Z',
    msg: HOSTILE,
    [HOSTILE]: HOSTILE,
  })
  assert.doesNotMatch(stripVTControlCharacters(prettyLine(line)), OBEYED)
  assert.doesNotMatch(prettyLine(HOSTILE), OBEYED)
})

/** Where names and arguments of others come in: each command with such a one. */
const RUNS: readonly (readonly string[])[] = [
  [`un${HOSTILE}known`],
  ['explain', `code${HOSTILE}`],
  ['validate', `none${HOSTILE}.csv`],
  ['send', `none${HOSTILE}.csv`, '--pixel', HOSTILE],
  ['validate', '--map', `none${HOSTILE}.json`, 'FILE'],
  ['validate', `--x${HOSTILE}`, 'FILE'],
  ['validate', '--time-zone', HOSTILE, 'FILE'],
  ['validate', 'FILE'],
  ['hash', 'email', HOSTILE],
  ['hash', HOSTILE, 'x'],
  ['config', 'check', '--config', `none${HOSTILE}.json`],
  ['backup', `none${HOSTILE}/b.db`, '--data-dir', `none${HOSTILE}`],
  ['doctor', '--config', `none${HOSTILE}.json`],
  ['dedup', `none${HOSTILE}.csv`, `none${HOSTILE}.csv`],
  ['status', '--relay', `http://127.0.0.1:1/${HOSTILE}`],
  ['events', 'show', HOSTILE, '--relay', 'http://127.0.0.1:1'],
  ['hold', HOSTILE, '--reason', HOSTILE, '--relay', 'http://127.0.0.1:1'],
  ['emulate', '--port', HOSTILE],
]

for (const args of RUNS)
  test(`what comes from an argument or a file steers no terminal: ${args.join(' ').replaceAll(HOSTILE, '…')}`, async (context) => {
    const header = `id,type,timestamp,action_source,amount,currency,no${HOSTILE}te`.replace('\r', '')
    const row = `ord-1,order_created,yesterday,${HOSTILE.replace('\r', '')},1.00,USD,x`
    const path = tempFile(context, 'orders.csv', `${header}\n${row}\n`)
    const { stdout, stderr } = await run(args.map((arg) => (arg === 'FILE' ? path : arg)))
    assert.ok((stdout + stderr).length > 0)
    assert.doesNotMatch(stdout + stderr, OBEYED)
  })

/** Whoever writes past `print` and `say` has to call what they call. */
test('no command writes to a terminal what was not made fit for one', () => {
  const folder = new URL('.', import.meta.url).pathname
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !/\.(?:test|helpers)\.ts$/.test(name),
  )
  assert.ok(sources.length > 20)
  const raw = sources.flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter((line) =>
        /std(?:out|err)\.write\((?!`\$\{forTerminal|forTerminal|'[^']*'\))|console\.|process\.std(?:out|err)\.write/.test(
          line,
        ),
      )
      .map((line) => `${name}: ${line.trim()}`),
  )
  assert.deepEqual(raw, [])
})
