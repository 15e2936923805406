import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ROOT, run } from '../scripts/packed.ts'

test('a newcomer gets from an empty folder to the first delivered event in at most three steps, as the README says', () => {
  const { ok, output } = run(process.execPath, ['--conditions=waybill-source', 'examples/newcomer.ts', '--short'], ROOT)
  assert.ok(ok, output)
  const [, steps] = /SDK by npm: (\d+) steps/.exec(output) ?? []
  assert.ok(Number(steps) <= 3, output)
})
