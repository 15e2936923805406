/**
 * Every known export, and every kind of file that people have, from the file to what the API holds; and the tables of docs/exports.md,
 * which are what came of it.
 * `WAYBILL_WRITE_DOCS=1` writes the page instead of comparing it.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { after, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type ExportSample, SAMPLES } from '../packages/relay/src/files/exports/exports.cases.ts'
import { KNOWN_EXPORTS, type KnownExport } from '../packages/relay/src/files/exports/index.ts'
import { UGLY_FILES, type UglyFile } from './ugly-files.cases.ts'
import { bench, lineOf, requireLongRowAside, requireRight, requireSecondRuleStops } from './ugly-files.helpers.ts'

const PAGE = fileURLToPath(new URL('../docs/exports.md', import.meta.url))

interface Tried {
  readonly sample: ExportSample
  readonly steps: number
  readonly right: number
}

const tried: Tried[] = []

/** Sends a sample to an API of its own, and returns what that holds, one line an event. */
async function sent(
  context: TestContext,
  { file, text, options, map }: ExportSample,
  withHelp: boolean,
): Promise<{ lines: string[]; said: string }> {
  const { send } = await bench(context, file, text)
  const { stored, said } = await (withHelp ? send(options, map) : send())
  return { lines: stored.map(lineOf), said }
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

let ugly = 0
for (const each of UGLY_FILES) {
  test(`${each.file}: ${each.kind}`, async (context) => {
    await requireRight(context, each)
    ugly += 1
  })
}

test('a row of more than a million characters is refused alone', requireLongRowAside)
test('another map on the second run stops before anything counts twice', requireSecondRuleStops)

test('each file that is kept here is one of the cases', () => {
  const kept = readdirSync(new URL('fixtures/files/', import.meta.url))
  assert.deepEqual(kept.toSorted(), UGLY_FILES.map(({ file }) => file).toSorted())
})

after(() => {
  // Where a sample failed, its own test says so.
  if (tried.length < SAMPLES.length || ugly < UGLY_FILES.length) return
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
    '## What comes of other files that people have',
    '',
    'Files of each kind that once went wrong, as they were found. Two steps are the command, which stops before anything is sent and says what',
    'it needs, and the command with it. Rows that are refused are so with their reason. Nothing was sent that nobody meant.',
    '',
    '| kind | file | steps | with | conversions right | refused |',
    '|---|---|---|---|---|---|',
    ...UGLY_FILES.map(uglyRow),
    '| A row of more than a million characters | a table made for it | 1 | a map `{"type":{"value":"order_created"}}` | 1 of 1 | 1 |',
    '| Another map on the second run | `shop-orders.csv` again | 1 | | 2 of 2, each once: the second run stops | 0 |',
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

function uglyRow({ kind, file, options = [], map, asks, settledBy, events, refused = {} }: UglyFile): string {
  const given = [...options, ...(settledBy?.options ?? [])]
  const lastMap = settledBy?.map ?? map
  const help = [
    ...(given.length === 0 ? [] : [`\`${given.join(' ')}\``]),
    ...(lastMap === undefined ? [] : [`a map \`${JSON.stringify(lastMap)}\``]),
    ...(settledBy?.by === undefined ? [] : [settledBy.by]),
  ]
  const steps = asks === undefined ? 1 : 2
  const rows = Object.values(refused).reduce((sum, count) => sum + count, 0)
  const right = settledBy?.by === undefined ? `${events.length} of ${events.length}` : 'as that of the table in it'
  return `| ${kind} | \`${file}\` | ${steps} | ${help.join(', ')} | ${right} | ${rows} |`
}

function resultOf({ sample, steps, right }: Tried): string {
  const { title } = KNOWN_EXPORTS.find(({ name }) => name === sample.name)!
  const map = sample.map === undefined ? [] : [`a map \`${JSON.stringify(sample.map)}\``]
  const help = [...(sample.options.length === 0 ? [] : [`\`${sample.options.join(' ')}\``]), ...map]
  return `| ${title} | ${steps} | ${help.join(', ')} | ${right} of ${sample.events.length} |`
}
