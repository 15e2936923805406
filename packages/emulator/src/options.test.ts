import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEmulator } from './emulator.ts'
import { type EmulatorOptions, readOptions } from './options.ts'
import { NOW_MS } from './sample.cases.ts'

const GOOD: readonly EmulatorOptions[] = [
  {},
  { contract: '2026-06', pixel: 'px', apiKey: 'k', errors: 'wrong', keep: 'count' },
  { maxBody: 0, seed: -7, latency: 0, slowMs: 0, retryAfter: -1 },
  { retryAfter: 'Wed, 21 Oct 2026 07:28:00 GMT' },
  { fault: { 429: 0.5, lost: 0.5 } },
  { fault: { 429: 0.1, 500: 0.1, 503: 0.1, timeout: 0.1, reset: 0.1, lost: 0.1, html200: 0.1, short: 0.1, slow: 0.2 } },
  { poison: '^bad_' },
  { poison: undefined, fault: { reset: undefined } },
]

const BAD: readonly (readonly [options: object, says: RegExp])[] = [
  [{ contract: '2025-01' }, /"contract" must be one of 2026-06, 2026-11, both, not "2025-01"/],
  [{ errors: 'some' }, /"errors" must be one of all, first, none, wrong/],
  [{ keep: true }, /"keep" must be one of all, ledger, count, not true/],
  [{ pixel: '' }, /"pixel" must be a text that is not empty/],
  [{ maxBody: -1 }, /"maxBody" must be a whole number of bytes/],
  [{ maxBody: 1.5 }, /"maxBody"/],
  [{ now: 'yesterday' }, /"now" must be an ISO 8601 time/],
  [{ now: Number.NaN }, /"now"/],
  [{ now: 1e17 }, /"now"/],
  [{ poison: '(' }, /"poison" must be a regular expression, not "\("/],
  [
    { fault: { 418: 0.1 } },
    /"fault" must be shares from 0 to 1.*429, 500, 503, timeout, reset, lost, html200, short, slow/,
  ],
  [{ fault: { 429: 1.01 } }, /"fault"/],
  [{ fault: { 429: -0.1 } }, /"fault"/],
  [{ fault: { 429: 0.6, 500: 0.6 } }, /"fault" .*1 at most in all/],
  [{ seed: 0.5 }, /"seed" must be a whole number/],
  [{ retryAfter: 'a\nb' }, /"retryAfter"/],
  [{ latency: -1 }, /"latency" must be milliseconds/],
  [{ latencyMs: Number.POSITIVE_INFINITY }, /"latencyMs"/],
  [{ slowMs: '5' }, /"slowMs"/],
  [{ poisson: 'x' }, /no option "poisson"; the options are contract, pixel/],
]

for (const options of GOOD) {
  test(`the options ${JSON.stringify(options)} are taken`, () => {
    assert.doesNotThrow(() => createEmulator(options))
  })
}

for (const [options, says] of BAD) {
  test(`the options ${JSON.stringify(options)} are refused with ${says}`, () => {
    assert.throws(() => createEmulator(options), { name: 'Error', message: says })
  })
}

test('the clock is fixed by a text, a number or a Date, and lives when it is a function', () => {
  const iso = new Date(NOW_MS).toISOString()
  for (const now of [iso, String(NOW_MS), NOW_MS, new Date(NOW_MS), () => NOW_MS]) {
    assert.equal(readOptions({ now }).now(), NOW_MS)
  }
  assert.equal(readOptions().now, Date.now)
})

test('latency wins over latencyMs, and 0 means zero', () => {
  assert.equal(readOptions({ latency: 0, latencyMs: 5 }).latencyMs, 0)
  assert.equal(readOptions({ latencyMs: 5 }).latencyMs, 5)
})

test('a global or sticky poison does not miss every other id', () => {
  const { poison } = readOptions({ poison: /bad/giy })
  assert.deepEqual([poison?.test('BAD'), poison?.test('xBAD')], [true, true])
})

test('faults may be written as the command line writes them', async () => {
  const emulator = createEmulator({ fault: ['lost=0', '429=1'] })
  const response = await emulator.fetch('http://emulator/v1/events?pid=p', {
    method: 'POST',
    headers: { authorization: 'Bearer k' },
    body: JSON.stringify({ events: [] }),
  })
  assert.equal(response.status, 429)
  assert.throws(() => createEmulator({ fault: 'lost' }), /fault/)
})
