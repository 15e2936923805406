import assert from 'node:assert/strict'
import { test } from 'node:test'
import { issue } from 'waybill'
import type { Candidate } from '../files/index.ts'
import { createJudge, type Judged } from './checked.ts'

const NOW = Date.UTC(2026, 2, 10)

function candidate(input: unknown, issues: Candidate['issues'] = []): Candidate {
  return { kind: 'event', rows: [{ line: 2, cells: [] }], input, issues }
}

function order(changes: object = {}): object {
  return {
    id: 'o1',
    type: 'order_created',
    timestamp: NOW - 60_000,
    actionSource: 'physical_store',
    data: { amount: '5.00', currency: 'USD' },
    ...changes,
  }
}

function judgeAll(...candidates: readonly Candidate[]): Judged[] {
  const judge = createJudge({ contract: '2026-06', now: () => NOW, acrossFiles: true })
  try {
    return candidates.map((each) => judge.judge(each))
  } finally {
    judge.close()
  }
}

function told(judged: Judged | undefined): string[] {
  if (judged?.kind === 'refused') return judged.issues.map(({ code, path }) => `${code} ${path}`.trim())
  return [judged?.kind ?? 'nothing']
}

test('the first of a key is good, the same again a duplicate, other content a conflict', () => {
  const other = order({ data: { amount: '6.00', currency: 'USD' } })
  const judged = judgeAll(candidate(order()), candidate(order()), candidate(other), candidate(order({ id: 'o2' })))
  assert.deepEqual(judged.flatMap(told), ['good', 'duplicate', 'conflicting_repeat', 'good'])
})

test('the key of a custom event is its own name, in any case', () => {
  const custom = (customEventName: string): Candidate => candidate(order({ type: 'custom', customEventName }))
  const judged = judgeAll(custom('Refill'), custom('refill'), custom('renewal'))
  assert.deepEqual(judged.flatMap(told), ['good', 'duplicate', 'good'])
})

test('what can no longer be answered in time is refused at once, with the seconds left', () => {
  const leaving = (leftMs: number): Candidate => candidate(order({ timestamp: NOW - 7 * 86_400_000 + leftMs }))
  const judged = judgeAll(leaving(5_000), leaving(4_999), leaving(0))
  assert.deepEqual(
    judged.map((each) => told(each)[0]),
    ['good', 'expires_too_soon timestamp', 'expires_too_soon timestamp'],
  )
  const [, late] = judged
  assert.match(late?.kind === 'refused' ? late.issues[0]!.message : '', /in 5\.0 seconds/)
})

test('a refused row leaves no trace: the fixed one after it is good', () => {
  const judged = judgeAll(candidate(order({ data: { amount: '5.001', currency: 'USD' } })), candidate(order()))
  assert.deepEqual(
    judged.map(({ kind }) => kind),
    ['refused', 'good'],
  )
})

test('a malformed field of the user is dropped with a warning', () => {
  const [judged] = judgeAll(candidate(order({ user: { email: 'nobody', country: 'DE' } })))
  assert.equal(judged?.kind, 'good')
  assert.deepEqual(judged.kind === 'good' && judged.event.user, { country: 'DE' })
  assert.equal(judged.kind === 'good' && judged.warnings[0]?.severity, 'warning')
})

test('a row without a time is judged in its own form all the same, and only the time is missed', () => {
  const withUser = order({ timestamp: undefined, user: { email: 'a@example.com' } })
  assert.deepEqual(told(judgeAll(candidate(withUser))[0]), ['missing_field timestamp'])
})

test('an unreadable cell is told once, without what follows from it alone', () => {
  const unreadable = [issue('timestamp_in_seconds', 'Datum'), issue('invalid_amount', 'Betrag')]
  const input = order({ timestamp: undefined, data: { currency: 'NOPE' } })
  const codes = told(judgeAll(candidate(input, unreadable))[0])
  assert.deepEqual(codes, ['timestamp_in_seconds Datum', 'invalid_amount Betrag', 'invalid_currency data.currency'])
})

test('a whole event without a time is left to the check', () => {
  const object = { id: 'e1', type: 'lead_created', data: { type: 'customer_action' } }
  const whole: Candidate = { kind: 'event', rows: [{ line: 1, object }], input: object, issues: [] }
  assert.deepEqual(told(judgeAll(whole)[0]), ['missing_field timestamp_ms'])
})

test('a row that could not be read and a repeated line of an order need no check', () => {
  const broken = { ...candidate(undefined, [issue('malformed_row', '')]) }
  const repeated: Candidate = { ...candidate(order()), kind: 'duplicate' }
  assert.deepEqual(judgeAll(broken, repeated).flatMap(told), ['malformed_row', 'duplicate'])
})
