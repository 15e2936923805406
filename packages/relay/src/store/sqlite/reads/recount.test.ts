import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { orders, startRelay } from '../../../service/service.helpers.ts'
import type { Answers, Asks, QuestionName } from '../../index.ts'
import { DELIVERED, END_CODES } from '../../state.ts'
import { connectToRead, DATA_FILE, type Row } from '../database.ts'
import { answer } from './answer.ts'
import { makeReader } from './moment.ts'

/** The long form has 100. */
const MOMENTS = Number(process.env['WAYBILL_MOMENTS'] ?? 25)
const NOTHING_LEASED = { sending: [], rows: new Float64Array() }
const ENDS = ['delivered', 'refused', 'expired', 'discarded'] as const
const RECOUNT = 'SELECT state, count(*) AS events, coalesce(sum(amount), 0) AS money FROM event GROUP BY state'

/**
 * - a relay takes, delivers, refuses and sends again as fast as it can
 * - at random moments a transaction is opened beside it, in which accounts are counted anew, one by one
 * - what people would be answered in that transaction is the same, and says of which commit it is
 */
test(`what people are told equals a recount at ${MOMENTS} random moments under load`, async (context) => {
  const relay = await startRelay(context, { emulator: { poison: '_[0-9]*7$' } })
  const database = connectToRead(`${relay.folder}/data/${DATA_FILE}`)
  context.after(() => database.close())
  const reader = makeReader(database, { timeZone: 'UTC', limitMs: 60_000 })
  const ask = <Name extends QuestionName>(name: Name, asks: Asks<Name>): Answers<Name> =>
    answer(reader, name, asks, NOTHING_LEASED)
  let isOn = true
  const load = (async () => {
    for (let round = 0; isOn; round++) {
      await relay.bring(orders(40, `r${round}`))
      if (round % 3 === 0) await relay.store.keepNumbers(Date.now())
      if (round % 5 === 4) await relay.ask('/api/refused/replay', replayAll)
    }
  })()
  const commits = new Set<number>()
  const seen = { delivered: 0, refused: 0 }
  for (let moment = 0; moment < MOMENTS; moment++) {
    for (let turns = Math.random() * 10; turns > 0; turns--) await nextTurn()
    database.exec('BEGIN')
    const found = new Map((database.prepare(RECOUNT).all() as Row[]).map((row) => [Number(row['state']), row]))
    const countOf = (state: number): number => Number(found.get(state)?.['events'] ?? 0)
    const { counts, commit } = ask('now', {})
    const live = [...found.keys()].filter((state) => state < DELIVERED).reduce((sum, state) => sum + countOf(state), 0)
    assert.deepEqual([counts.queued + counts.held + counts.sending, counts.unaccounted], [live, 0])
    for (const state of ENDS) {
      const { total, commit: own } = ask('events', { state, limit: 1 })
      const money = Number(found.get(END_CODES[state])?.['money'] ?? 0)
      assert.deepEqual(
        [counts[state], total.events, own],
        [countOf(END_CODES[state]), countOf(END_CODES[state]), commit],
      )
      assert.equal(total.money['USD'] ?? 0, money, state)
    }
    const range = { fromMs: 0, untilMs: Date.now() + 3_600_000 }
    const { total } = ask('groups', { ...range, count: { flow: 'accepted' }, by: ['source'] })
    assert.equal(total.events, counts.accepted)
    database.exec('COMMIT')
    commits.add(commit)
    seen.delivered = Math.max(seen.delivered, counts.delivered)
    seen.refused = Math.max(seen.refused, counts.refused)
  }
  isOn = false
  await load
  assert.ok(commits.size > MOMENTS / 2, `${commits.size} commits`)
  assert.ok(seen.delivered > 0 && seen.refused > 0, JSON.stringify(seen))
})

const replayAll = { method: 'POST', body: JSON.stringify({ selection: { state: 'refused' }, limit: 20 }) }
