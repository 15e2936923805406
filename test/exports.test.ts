/**
 * Every known export from its file to what the API holds, and the tables of docs/exports.md, which are what came of it.
 * `WAYBILL_WRITE_DOCS=1` writes the page instead of comparing it.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { run, startApi } from '../packages/relay/src/cli/cli.helpers.ts'
import { type ExportSample, SAMPLES } from '../packages/relay/src/files/exports/exports.cases.ts'
import { KNOWN_EXPORTS, type KnownExport } from '../packages/relay/src/files/exports/index.ts'

const PAGE = fileURLToPath(new URL('../docs/exports.md', import.meta.url))
const NOW_MS = Date.parse('2026-11-29T12:00:00Z')

interface Tried {
  readonly sample: ExportSample
  readonly steps: number
  readonly right: number
}

const tried: Tried[] = []

/** Sends a sample to an API of its own, and returns what that holds, one line an event. */
async function sent(
  context: TestContext,
  sample: ExportSample,
  withHelp: boolean,
): Promise<{ lines: string[]; said: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-test-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const api = await startApi(context, { now: NOW_MS })
  writeFileSync(join(folder, sample.file), sample.text)
  writeFileSync(join(folder, 'map.json'), JSON.stringify(sample.map ?? {}))
  const help = [...sample.options, ...(sample.map === undefined ? [] : ['--map', join(folder, 'map.json')])]
  const argv = ['send', join(folder, sample.file), '--pixel', 'px', '--endpoint', api.url, ...(withHelp ? help : [])]
  const { stdout, stderr } = await run(argv, { now: () => NOW_MS })
  return { lines: api.emulator.events().map(({ event }) => lineOf(event as unknown as Stored)), said: stdout + stderr }
}

interface Stored {
  readonly id: string
  readonly type: string
  readonly timestamp_ms: number
  readonly data: { readonly amount?: number; readonly currency?: string; readonly contents?: readonly unknown[] }
}

function lineOf({ id, type, timestamp_ms, data }: Stored): string {
  const time = new Date(timestamp_ms).toISOString().replace(/\.\d+Z/, 'Z')
  return `${id} ${type} ${time} ${data.amount ?? '-'} ${data.currency ?? '-'} ${data.contents?.length ?? 0}`
}

for (const sample of SAMPLES) {
  const needsHelp = sample.options.length > 0 || sample.map !== undefined
  test(`${sample.name}: each conversion is stored, right in all parts, and nothing else`, async (context) => {
    if (needsHelp) {
      const { lines, said } = await sent(context, sample, false)
      const wrong = lines.filter((line) => !sample.events.includes(line))
      assert.deepEqual(wrong, [], 'something was sent that nobody meant')
      assert.ok(lines.length === sample.events.length || /--time-zone|currency|"id"/.test(said), said)
    }
    const { lines, said } = await sent(context, sample, true)
    assert.deepEqual(lines.toSorted(), sample.events.toSorted(), said)
    tried.push({ sample, steps: needsHelp ? 2 : 1, right: lines.length })
  })
}

after(() => {
  // Where a sample failed, its own test says so.
  if (tried.length < SAMPLES.length) return
  const page = render(tried.toSorted((a, b) => SAMPLES.indexOf(a.sample) - SAMPLES.indexOf(b.sample)))
  if (process.env['WAYBILL_WRITE_DOCS'] === '1') writeFileSync(PAGE, page)
  assert.equal(readFileSync(PAGE, 'utf8').replaceAll('\r\n', '\n'), page, 'run it with WAYBILL_WRITE_DOCS=1')
})

function render(results: readonly Tried[]): string {
  return [
    '<!-- The tables are made by test/exports.test.ts (WAYBILL_WRITE_DOCS=1). -->',
    '# Known exports',
    '',
    'A file whose header has these columns is read by a map that comes with Waybill; the run says which. What a map of your own says goes first,',
    'and `--write-map map.json` gives you the whole to edit. Further columns disturb nothing, and those that the map names beyond these are used',
    'where they are there. The id is that of the same system under its webhooks ([sources](sources.md)), wherever the file has it, so that one',
    'order which comes both ways is one conversion.',
    '',
    '| file | told by its columns | id | rows that are sent | you say |',
    '|---|---|---|---|---|',
    ...KNOWN_EXPORTS.map(rowOf),
    '',
    '## Notes',
    '',
    ...KNOWN_EXPORTS.flatMap(({ title, notes = [] }) => notes.map((note) => `- ${title}: ${note}`)),
    '',
    '## What comes of a file of each',
    '',
    'A file of each system, with orders that were paid, and others that were refunded, failed or lost. One step is the command alone; two are',
    'the command, which says what it needs, and the command with it. Nothing was sent that nobody meant.',
    '',
    '| file | steps | with | conversions right |',
    '|---|---|---|---|',
    ...results.map(resultOf),
    '',
  ].join('\n')
}

function rowOf({ title, columns, map, asks = [] }: KnownExport): string {
  const { id, type, where } = map as { id?: string; type: { column?: string; values?: object }; where?: object }
  const kept = Object.entries((where ?? {}) as Record<string, unknown>).map(([column, rule]) => ruleText(column, rule))
  const meant = Object.entries((type.values ?? {}) as Record<string, unknown>).filter(([, meaning]) => meaning !== null)
  const types = type.column === undefined ? [] : [`${type.column}: ${meant.map(([word]) => word).join(', ')}`]
  const idText = id === undefined ? '' : `\`${id}\``
  return `| ${title} | ${columns.map((column) => `\`${column}\``).join(', ')} | ${idText} | ${[...kept, ...types].join('; ') || 'all'} | ${asks.join(', ')} |`
}

function ruleText(column: string, rule: unknown): string {
  if (Array.isArray(rule)) return `${column}: ${rule.join(', ')}`
  const { not, empty } = rule as { not?: readonly string[]; empty?: boolean }
  if (not !== undefined) return `${column} not ${not.join(', ')}`
  return `${column} ${empty === true ? 'empty' : 'not empty'}`
}

function resultOf({ sample, steps, right }: Tried): string {
  const { title } = KNOWN_EXPORTS.find(({ name }) => name === sample.name)!
  const map = sample.map === undefined ? [] : [`a map \`${JSON.stringify(sample.map)}\``]
  const help = [...(sample.options.length === 0 ? [] : [`\`${sample.options.join(' ')}\``]), ...map]
  return `| ${title} | ${steps} | ${help.join(', ')} | ${right} of ${sample.events.length} |`
}
