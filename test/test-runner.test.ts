import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { tasksOf, totalsOf } from '../scripts/test-tasks.ts'

const SCRIPT = fileURLToPath(new URL('../scripts/test.ts', import.meta.url))
const HEAD = "import { test } from 'node:test'\n"

const CASES: readonly (readonly [title: string, texts: readonly string[], exitCode: number, last: string])[] = [
  ['all is well', ["test('a', () => {})", "test('b', () => {})"], 0, '2 passed, 0 failed, 0 skipped'],
  [
    'one fails',
    ["test('a', () => {})", "test('b', () => { throw new Error('x') })"],
    1,
    '1 passed, 1 failed, 0 skipped',
  ],
  ['one is skipped', ["test('a', { skip: 'no disk' }, () => {})"], 0, '0 passed, 0 failed, 1 skipped'],
  ['a file cannot be loaded', ["throw new Error('x')"], 1, '0 passed, 1 failed, 0 skipped'],
  ['a file ends its process', ["test('a', () => process.exit(3))"], 1, '0 passed, 1 failed, 0 skipped'],
  ['a file is not there', [], 1, '0 passed, 1 failed, 0 skipped'],
]

for (const [title, texts, exitCode, last] of CASES) {
  it(`ends as its tests do: ${title}`, (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'waybill-runner-'))
    context.after(() => rmSync(folder, { recursive: true, force: true }))
    const files = texts.map((text, at) => {
      const path = join(folder, `made-${at}.test.mjs`)
      writeFileSync(path, HEAD + text)
      return path
    })
    const named = files.length > 0 ? files : [join(folder, 'nowhere.test.mjs')]
    const { status, stdout } = spawnSync(process.execPath, [SCRIPT, ...named], { encoding: 'utf8' })
    assert.deepEqual([status, stdout.trimEnd().split('\n').at(-1)], [exitCode, last], stdout)
    assert.match(stdout, /^ℹ pass \d+$/m)
  })
}

it('gives every file to one process, and a file of the disk to one of its own', () => {
  const files = [
    'packages/waybill/src/money.test.ts',
    'packages/waybill/src/contract/check.test.ts',
    'packages/relay/src/cli/commands/backup.test.ts',
    'packages/relay/src/files/csv.test.ts',
    'packages/relay/src/store/sqlite/durability.test.ts',
    'test/simulation.test.ts',
    'test/docs.test.ts',
  ]
  const tasks = tasksOf(files)
  assert.deepEqual(tasks.flatMap((task) => task.files).sort(), [...files].sort())
  assert.equal(tasks[0]?.title, 'test/simulation.test.ts')
  const ofDisk = tasks.filter(({ needsDisk }) => needsDisk).map((task) => [task.title, task.together])
  assert.deepEqual(ofDisk, [
    ['packages/relay/src/cli/commands/backup.test.ts', false],
    ['packages/relay/src/store/sqlite/durability.test.ts', false],
  ])
})

it('spares the files of a room their starts, but not those that measure or signal their own process', () => {
  const tasks = tasksOf([
    'packages/relay/src/http/intake.test.ts',
    'packages/relay/src/http/json.test.ts',
    'packages/relay/src/http/tracking.test.ts',
    'packages/relay/src/service/holds.test.ts',
    'packages/relay/src/service/stop.test.ts',
    'packages/relay/src/store/postgres/changes.test.ts',
  ])
  const shown = tasks.map(({ title, files, together, waits }) => [title, files.length, together, waits])
  assert.deepEqual(shown.sort(), [
    ['packages/relay/src/http/json.test.ts', 1, false, false],
    ['packages/relay/src/service/holds.test.ts', 1, false, false],
    ['packages/relay/src/service/stop.test.ts', 1, false, true],
    ['packages/relay: PostgreSQL', 1, true, true],
    ['packages/relay: doors', 2, true, false],
  ])
})

it('takes no totals from a run that did not come to its end', () => {
  assert.equal(totalsOf('ℹ tests 5\nℹ suites 0\nℹ pass 5\n'), undefined)
})
