import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CheckOptions, check } from './check.ts'
import { FRIENDLY, FRIENDLY_EXAMPLE } from './friendly.cases.ts'
import { ISSUES, type IssueCode, issue } from './issue.ts'
import { REFUSED } from './refuse.cases.ts'
import { baseEvent, changed, NOW } from './sample.cases.ts'
import { WARNED } from './warn.cases.ts'

/** Codes that no event alone can give, and who gives them. */
const NOT_OF_CHECK: Readonly<Record<string, readonly IssueCode[]>> = {
  'the readers of calls of other systems': ['amount_rounded', 'unused_field'],
  'the window of whoever sends': ['expires_too_soon'],
  'the readers of files': [
    'malformed_row',
    'invalid_cell',
    'conflicting_repeat',
    'amount_below_items',
    'order_of_nothing',
    'nonexistent_local_time',
    'ambiguous_local_time',
  ],
  'the delivery, from what the API answered or did not': [
    'event_too_large',
    'unexplained_rejection',
    'count_mismatch',
    'contradicted_rejection',
    'gave_up',
    'timed_out',
    'aborted',
    'queue_full',
    'client_closed',
    'unauthorized',
    'wrong_key_family',
    'unknown_pixel',
    'blocked_by_firewall',
    'forbidden',
    'not_found',
    'redirected',
    'request_rejected',
    'unconfirmed_rejection',
    'fails_alone',
    'everything_too_large',
    'not_judging',
    'not_the_api',
    'counts_none',
  ],
  'the outbox in a database': ['raw_value_left_out', 'not_allowed_to_bring'],
  'the intake of the relay': ['waits_for_its_time', 'id_too_long', 'inexact_number'],
  'check for what is no event or cannot be read, which no table of changes can show': [
    'not_an_object',
    'unreadable_event',
  ],
}

function codesOf(input: unknown, options: Partial<CheckOptions>): readonly string[] {
  const result = check(input, { now: NOW, ...options })
  return (result.ok ? result.warnings : result.issues).map(({ code }) => code)
}

test('every code of the list is given by a case of the tables, or is said to come from elsewhere', () => {
  const given = new Set([
    ...REFUSED.concat(WARNED.map((row) => ({ ...row, issues: row.warnings }))).flatMap((row) =>
      codesOf(changed(baseEvent(row.contract ?? '2026-06'), row.change), row),
    ),
    ...FRIENDLY.flatMap((row) => codesOf(changed(FRIENDLY_EXAMPLE, row.change), row)),
  ])
  const elsewhere: ReadonlySet<string> = new Set(Object.values(NOT_OF_CHECK).flat())
  assert.deepEqual(
    Object.keys(ISSUES).filter((code) => !given.has(code) && !elsewhere.has(code)),
    [],
  )
  assert.deepEqual(
    [...given].filter((code) => elsewhere.has(code)),
    [],
  )
})

test('every code is written in one way and explained in two sentences', () => {
  for (const [code, { about, fix }] of Object.entries(ISSUES)) {
    assert.match(code, /^[a-z]+(?:_[a-z0-9]+)*$/)
    for (const text of [about, fix]) assert.match(text, /^[A-Za-z(].*[.:]$/s, code)
  }
})

test('an issue takes from the list what it is not told', () => {
  assert.deepEqual(issue('negative_amount', 'data.amount'), {
    code: 'negative_amount',
    path: 'data.amount',
    message: ISSUES.negative_amount.about,
    severity: 'warning',
    hint: ISSUES.negative_amount.fix,
  })
  assert.equal(issue('negative_amount', '', { message: 'm', hint: 'h', severity: 'error' }).message, 'm')
})
