import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MappingError } from './errors.ts'
import { createTimeZone } from './time-zone.ts'
import { readTimestamp, type TimestampRules } from './timestamp.ts'

const MS: TimestampRules = { unit: 'ms' }
const SECONDS: TimestampRules = { unit: 's' }
const BERLIN: TimestampRules = { unit: 'ms', timeZone: createTimeZone('Europe/Berlin') }
const NEW_YORK: TimestampRules = { unit: 'ms', timeZone: createTimeZone('America/New_York') }
const KATHMANDU: TimestampRules = { unit: 'ms', timeZone: createTimeZone('Asia/Kathmandu') }
const NOON = Date.parse('2026-03-01T12:00:00Z')

const READ: readonly [text: string, rules: TimestampRules, ms: number][] = [
  ['1772366400000', MS, 1772366400000],
  ['0', MS, 0],
  ['-1', MS, -1],
  ['9999', MS, 9999],
  ['100000', MS, 100000],
  ['99999999', MS, 99999999],
  ['1772366400', SECONDS, 1772366400000],
  ['1772366400.5', SECONDS, 1772366400500],
  ['1772366400.123999', SECONDS, 1772366400123],
  ['1772366400.07', SECONDS, 1772366400070],
  ['2026-03-01T12:00:00Z', MS, NOON],
  ['2026-03-01T12:00:00Z', SECONDS, NOON],
  ['2026-03-01t12:00z', MS, NOON],
  ['2026-03-01T12:00:00.1239Z', MS, NOON + 123],
  ['2026-03-01T13:00:00+01:00', MS, NOON],
  ['2026-03-01T13:00:00+01', MS, NOON],
  ['2026-03-01 13:00:00 +0100', MS, NOON],
  ['2026-03-01 12:00:00 UTC', MS, NOON],
  ['2026-03-01T06:30:00-05:30', MS, NOON],
  ['2026-03-01T13:00:00+01:00', NEW_YORK, NOON],
  ['2026-03-01 13:00:00', BERLIN, NOON],
  ['2026-03-01T13:00', BERLIN, NOON],
  ['2026-07-01 14:00:00', BERLIN, Date.parse('2026-07-01T12:00:00Z')],
  ['2026-03-01', BERLIN, Date.parse('2026-02-28T23:00:00Z')],
  ['2026-03-01', NEW_YORK, Date.parse('2026-03-01T05:00:00Z')],
  ['2026-03-01 17:45', KATHMANDU, NOON],
  ['2024-02-29T00:00:00Z', MS, Date.parse('2024-02-29T00:00:00Z')],
  ['2026-03-29 01:59:59.999', BERLIN, Date.parse('2026-03-29T00:59:59.999Z')],
  ['2026-03-29 03:00', BERLIN, Date.parse('2026-03-29T01:00:00Z')],
  ['2026-10-25 01:59:59', BERLIN, Date.parse('2026-10-24T23:59:59Z')],
  ['2026-10-25 03:00', BERLIN, Date.parse('2026-10-25T02:00:00Z')],
]

for (const [text, rules, ms] of READ) {
  test(`"${text}" in ${rules.unit}, zone ${rules.timeZone?.name ?? 'none'}, is ${ms}`, () => {
    assert.deepEqual(readTimestamp(text, 'paid_at', rules), { ms })
  })
}

const REFUSED: readonly [text: string, rules: TimestampRules, code: string, says: RegExp][] = [
  ['1772366400', MS, 'timestamp_in_seconds', /holds seconds/],
  ['1772366400.5', MS, 'timestamp_in_seconds', /holds seconds/],
  ['1772366400000000', MS, 'timestamp_in_microseconds', /microseconds/],
  ['1772366400000000000', MS, 'timestamp_in_nanoseconds', /nanoseconds/],
  ['1772366400000.5', MS, 'invalid_timestamp', /fraction/],
  ['20260301120000', MS, 'invalid_timestamp', /without separators/],
  ['1772366400000', SECONDS, 'invalid_timestamp', /too large for seconds/],
  ['2026-03-01T12:00:00', MS, 'timestamp_without_offset', /how far it is from UTC/],
  ['2026-03-01', MS, 'timestamp_without_offset', /how far it is from UTC/],
  ['2026-02-29T12:00:00Z', MS, 'invalid_timestamp', /does not exist/],
  ['2026-04-31', BERLIN, 'invalid_timestamp', /does not exist/],
  ['2026-03-01T24:00:00Z', MS, 'invalid_timestamp', /does not exist/],
  ['2026-03-01T12:60:00Z', MS, 'invalid_timestamp', /does not exist/],
  ['2026-03-01T12:00:00+25:00', MS, 'invalid_timestamp', /does not exist/],
  ['03/01/2026 12:00', BERLIN, 'invalid_timestamp', /which number is the day/],
  ['1.3.2026', BERLIN, 'invalid_timestamp', /which number is the day/],
  ['3/1/26 12:00 PM', MS, 'invalid_timestamp', /which number is the day/],
  ['46082', MS, 'invalid_timestamp', /day number of a spreadsheet/],
  ['46082.5', MS, 'invalid_timestamp', /day number of a spreadsheet/],
  ['46082,5', BERLIN, 'invalid_timestamp', /day number of a spreadsheet/],
  ['46082.5', SECONDS, 'invalid_timestamp', /day number of a spreadsheet/],
  ['yesterday', MS, 'invalid_timestamp', /no time in a form/],
  ['2026-03-29 02:30', BERLIN, 'nonexistent_local_time', /did not occur in Europe\/Berlin/],
  ['2026-03-29 02:00', BERLIN, 'nonexistent_local_time', /did not occur/],
  ['2026-03-08 02:59:59', NEW_YORK, 'nonexistent_local_time', /America\/New_York/],
]

for (const [text, rules, code, says] of REFUSED) {
  test(`"${text}" in ${rules.unit}, zone ${rules.timeZone?.name ?? 'none'}, is ${code}`, () => {
    const { ms, issue } = readTimestamp(text, 'paid_at', rules)
    assert.equal(ms, undefined)
    assert.deepEqual([issue?.code, issue?.path, issue?.severity], [code, 'paid_at', 'error'])
    assert.match(issue?.message ?? '', says)
    assert.match(issue?.message ?? '', /^Column "paid_at"/)
  })
}

test('of a local time that occurred twice the earlier one is taken, with a warning', () => {
  for (const [text, rules, iso] of [
    ['2026-10-25 02:30', BERLIN, '2026-10-25T00:30:00Z'],
    ['2026-10-25 02:00', BERLIN, '2026-10-25T00:00:00Z'],
    ['2026-11-01 01:59:59', NEW_YORK, '2026-11-01T05:59:59Z'],
  ] as const) {
    const { ms, issue } = readTimestamp(text, 'paid_at', rules)
    assert.equal(ms, Date.parse(iso))
    assert.deepEqual([issue?.code, issue?.severity], ['ambiguous_local_time', 'warning'])
  }
})

test('an unknown time zone is refused in one line with examples', () => {
  for (const name of ['Europe/Berlim', 'CEST2', '']) {
    assert.throws(
      () => createTimeZone(name),
      (error: Error) =>
        error instanceof MappingError && /Unknown time zone ".*"\. Use an IANA name/.test(error.message),
    )
  }
})
