import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ACCEPTED, DELIVERED } from '../state.ts'
import { alike, Changes, type Facts } from './changes.ts'

const MINUTE_MS = 60_000
const FACTS: Facts = {
  pixel: 1,
  name: 2,
  shape: 3,
  source: 4,
  currency: 5,
  amount: 100,
  acceptedMs: 10 * MINUTE_MS,
  timestampMs: 9 * MINUTE_MS,
}

/** All that differs in something that counts, and one that does not. */
const ACCOUNTS: readonly Facts[] = [
  FACTS,
  { ...FACTS, acceptedMs: FACTS.acceptedMs + 1, amount: 50 },
  { ...FACTS, acceptedMs: FACTS.acceptedMs + MINUTE_MS },
  { ...FACTS, timestampMs: FACTS.timestampMs - MINUTE_MS },
  { ...FACTS, pixel: 11 },
  { ...FACTS, name: 12 },
  { ...FACTS, shape: 13 },
  { ...FACTS, source: 14 },
  { ...FACTS, currency: 15 },
  { ...FACTS, currency: null, amount: null },
]

test('accounts that count alike come to the same as each by itself, in fewer steps', () => {
  const atMs = 20 * MINUTE_MS
  const columns = (accounts: readonly Facts[]): Changes['columns'] => {
    const changes = new Changes()
    for (const facts of accounts) {
      changes.open(facts)
      changes.leave(facts)
      changes.end(facts, { state: 'delivered', atMs, code: 0 })
      changes.took(ACCEPTED, facts, facts.acceptedMs)
      changes.took(DELIVERED, facts, atMs)
    }
    return changes.columns
  }
  const together = alike(ACCOUNTS, atMs)
  assert.deepEqual(columns(together), columns(ACCOUNTS))
  assert.equal(together.length, ACCOUNTS.length - 1)
})
