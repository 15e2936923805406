/**
 * Two readings of one specification: `check` and the emulator, written apart, must take and refuse the same wire events.
 *
 * - 50,000 events of each generation, half of them mutated several times over: fields dropped, added, renamed, retyped, emptied,
 *   put at a limit.
 * - The emulator is asked about each event in a request of its own, `check` about the object parsed from the same bytes.
 * - Of `check` only the errors count whose code is the specification's; our own rules may be stricter than the API.
 * - Where `check` takes an event, the emulator takes what goes out; where it changed nothing of `user`, also the event as it came.
 * - An event written for one generation, judged for the other: the emulator of the other takes what goes out.
 */
import assert from 'node:assert/strict'
import test from 'node:test'
import { createEmulator } from '@waybill/emulator'
import { type Contract, check, ISSUES, type IssueCode } from 'waybill/contract'
import { Draw, eventText, NOW } from './agreement.cases.ts'

const SEED = Number(process.env['AGREEMENT_SEED'] ?? 20260319)
const EVENTS_PER_GENERATION = Number(process.env['AGREEMENT_EVENTS'] ?? 50_000)
/** The codes that made `check` refuse an event in this run. */
const met: Set<string> = new Set()

const isOfSpecification = (code: string): boolean => ISSUES[code as IssueCode].origin === 'specification'

/** Warnings that say that a value was changed or left out which the API might not have taken as it came. */
const FIXED: ReadonlySet<string> = new Set([
  'identity_translated',
  'country_uppercased',
  'means_nothing',
  'hash_of_empty_value',
])

/** What `check` says: the codes of the specification by which it refuses, whether it fixed something, and what goes out. */
interface Reading {
  readonly refusals: readonly string[]
  readonly fixed: boolean
  readonly sent: string | undefined
}

function read(text: string, contract: Contract, invalidIdentity: 'refuse' | 'drop' = 'refuse'): Reading {
  const result = check(JSON.parse(text), { now: NOW, contract, invalidIdentity })
  const issues = result.ok ? result.warnings : result.issues
  const refusals = issues.filter(({ code, severity }) => severity === 'error' && isOfSpecification(code))
  for (const { code } of refusals) met.add(code)
  return {
    refusals: refusals.map(({ code, path }) => `${code} at ${path}`),
    fixed: issues.some(({ code }) => FIXED.has(code)),
    sent: result.ok ? JSON.stringify(result.event) : undefined,
  }
}

/** What the emulator answers to a request with this event alone; empty when it takes the event. */
function asker(contract: Contract): (text: string) => Promise<string> {
  const emulator = createEmulator({ contract, now: NOW, keep: 'count' })
  return async (text) => {
    const response = await emulator.fetch('https://bzr.openai.com/v1/events?pid=px_1', {
      method: 'POST',
      headers: { authorization: 'Bearer key' },
      body: `{"events":[${text}]}`,
    })
    const answer = await response.text()
    return response.status === 200 ? '' : answer
  }
}

for (const contract of ['2026-06', '2026-11'] as const) {
  test(`check and the emulator agree on ${EVENTS_PER_GENERATION} generated and mutated events of ${contract}`, async () => {
    const draw = new Draw(SEED + Number(contract.replace('-', '')))
    const ask = asker(contract)
    let taken = 0
    for (let number = 0; number < EVENTS_PER_GENERATION; number++) {
      const text = eventText(contract, draw)
      const { refusals, fixed, sent } = read(text, contract)
      const answer = await ask(text)
      if (answer === '') taken++
      const told = `Seed ${SEED}, event ${number}: ${text}\ncheck: ${refusals.join(', ') || 'takes it'}`
      if (sent !== undefined) assert.equal(await ask(sent), '', `${told}\nsent: ${sent}`)
      if (fixed && refusals.length === 0) continue
      assert.equal(answer === '', refusals.length === 0, `${told}\nemulator: ${answer || 'takes it'}`)
    }
    const share = taken / EVENTS_PER_GENERATION
    assert.ok(share > 0.2 && share < 0.8, `The events are a fair mixture: ${share} of them were taken.`)
  })
}

for (const [written, reader] of [
  ['2026-06', '2026-11'],
  ['2026-11', '2026-06'],
] as const) {
  test(`the emulator of ${reader} takes what check made of an event written for ${written}`, async () => {
    const draw = new Draw(SEED + Number(written.replace('-', '')) + 1)
    const ask = asker(reader)
    let sentEvents = 0
    for (let number = 0; number < EVENTS_PER_GENERATION / 5; number++) {
      const text = eventText(written, draw)
      const { sent } = read(text, reader, draw.chance(0.5) ? 'drop' : 'refuse')
      if (sent === undefined) continue
      sentEvents++
      assert.equal(await ask(sent), '', `Seed ${SEED}, event ${number}: ${text}\nsent: ${sent}`)
    }
    assert.ok(sentEvents > EVENTS_PER_GENERATION / 50, `${sentEvents} of them were sent.`)
  })
}

test('every code of the specification refused some of these events', { skip: EVENTS_PER_GENERATION < 50_000 }, () => {
  const ofSpecification = Object.keys(ISSUES).filter(isOfSpecification)
  assert.deepEqual(
    ofSpecification.filter((code) => !met.has(code)),
    [],
  )
})
