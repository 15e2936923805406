import assert from 'node:assert/strict'
import { test } from 'node:test'
import { issue } from 'waybill'
import { Tally } from './tally.ts'

test('the report has its eight keys from the start, and two more only when they occur', () => {
  const tally = new Tally()
  const keys = ['rows', 'total', 'delivered', 'refused', 'failed', 'duplicates', 'requests', 'byCode']
  assert.deepEqual(Object.keys(tally.report), keys)
  tally.count('validated')
  tally.count('queued')
  assert.deepEqual(Object.keys(tally.report), [...keys, 'validated', 'queued'])
})

test('an event counts once in its fate and once under each of its codes; warnings count under none', () => {
  const tally = new Tally()
  const twoMissing = [
    issue('missing_field', 'id'),
    issue('missing_field', 'type'),
    issue('invalid_amount', 'data.amount'),
  ]
  tally.count('refused', twoMissing, '7')
  tally.count('delivered', [issue('email_outside_user', 'oppref', { severity: 'warning' })], '8')
  assert.deepEqual(tally.report.byCode, { missing_field: 1, invalid_amount: 1 })
  assert.deepEqual([tally.report.total, tally.report.refused, tally.report.delivered], [2, 1, 1])
  assert.deepEqual(
    tally.warnings().map(({ code, places }) => [code, places]),
    [['email_outside_user', ['8']]],
  )
})

test('one code at two places gives two reasons for people, the most frequent first, with the first five lines', () => {
  const tally = new Tally()
  tally.count('refused', [issue('missing_field', 'id', { message: 'id is missing.' })], '2')
  for (let line = 3; line < 10; line++) {
    tally.count('refused', [issue('missing_field', 'type', { message: 'type is missing.' })], String(line))
  }
  assert.deepEqual(
    tally.faults().map(({ message, count, places }) => [message, count, places.join()]),
    [
      ['type is missing.', 7, '3,4,5,6,7'],
      ['id is missing.', 1, '2'],
    ],
  )
})

test('a reason stands only over lines that it is true of: one code and path with two messages are two', () => {
  const tally = new Tally()
  const amount = (message: string) => [issue('invalid_amount', 'total', { message })]
  tally.count('refused', amount('It has a currency sign.'), '2')
  tally.count('refused', amount('It has thousands separators.'), '3')
  tally.count('refused', amount('It has thousands separators.'), '4')
  assert.deepEqual(
    tally.faults().map(({ message, places }) => [message, places.join()]),
    [
      ['It has thousands separators.', '3,4'],
      ['It has a currency sign.', '2'],
    ],
  )
  assert.deepEqual(tally.report.byCode, { invalid_amount: 3 })
})

test('numbers in a message make no new reason, and an API that never says the same twice has eight and one', () => {
  const tally = new Tally()
  for (let day = 8; day < 30; day++)
    tally.count('refused', [issue('event_timestamp_too_old', 't', { message: `It is ${day}.5 days old.` })])
  assert.equal(tally.faults().length, 1)
  const words = 'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda'.split(' ')
  for (const word of words) tally.count('refused', [issue('unexplained_rejection', '', { message: `No ${word}.` })])
  assert.equal(tally.faults().length, 1 + 9)
  assert.equal(
    tally.faults().reduce((sum, { count }) => sum + count, 0),
    22 + words.length,
  )
})

test('a file with a new path in every row does not fill the memory', () => {
  const tally = new Tally()
  for (let at = 0; at < 10_000; at++) tally.count('refused', [issue('unknown_field', `key${at}`)], String(at))
  assert.ok(tally.faults().length < 60)
  assert.deepEqual(tally.report.byCode, { unknown_field: 10_000 })
})
