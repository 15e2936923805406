import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { tempFile, tempFolder } from '../../files/files.helpers.ts'
import { ordersCsv, run } from '../cli.helpers.ts'

test('a file is checked without key, pixel or network, and every bad row comes back with its reason', async (context) => {
  const changed = new Map([
    [2, { amount: '1.50 or so' }],
    [4, { currency: 'EURO' }],
  ])
  const file = tempFile(context, 'orders.csv', ordersCsv(5, changed))
  const refused = join(tempFolder(context), 'refused.csv')
  const checked = await run(['validate', file, '--refused', refused, '--json'], { env: {} })
  assert.equal(checked.exitCode, 1)
  assert.deepEqual(JSON.parse(checked.stdout), {
    rows: 5,
    total: 5,
    delivered: 0,
    refused: 2,
    failed: 0,
    duplicates: 0,
    requests: 0,
    byCode: { invalid_amount: 1, invalid_currency: 1 },
    validated: 3,
  })
  assert.match(readFileSync(refused, 'utf8'), /,3,invalid_amount,.*\n.*,5,invalid_currency,/)
})

test('a good file gives exit code 0', async (context) => {
  const file = tempFile(context, 'orders.csv', ordersCsv(5))
  const checked = await run(['validate', file])
  assert.deepEqual([checked.exitCode, checked.stdout], [0, ''])
  assert.match(checked.stderr, /5 {2}valid/)
})

test('under 2026-06 a phone is dropped with a warning, which refuses nothing', async (context) => {
  const csv = `${ordersCsv(1).split('\n')[0]},phone\n${ordersCsv(1).split('\n')[1]},+1 415 555 2671\n`
  const file = tempFile(context, 'orders.csv', csv)
  const older = await run(['validate', file])
  assert.equal(older.exitCode, 0)
  assert.match(older.stderr, /identity_not_in_contract ×1/)
  assert.ok(!older.stderr.includes('555'))
  const newer = await run(['validate', file, '--contract', '2026-11'])
  assert.ok(!newer.stderr.includes('identity_not_in_contract'))
})
