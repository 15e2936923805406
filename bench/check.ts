/**
 * What judging an event costs beside reading it: `check` on the documented full example in wire form, every rule on, against
 * `JSON.parse` of the same bytes. Each round judges objects that were parsed for it, so that nothing is cached by identity.
 */
import { check } from 'waybill/contract'
import { eventText } from './relay/events.ts'
import { median } from './relay/rounds.ts'

const CEILING = 0.75
const ROUNDS = 300
const EVENTS_PER_ROUND = 1_000
const NOW = 1_773_892_860_000
const TEXT = eventText('order_12345', 1_773_892_800_000)

function timed(work: () => void): number {
  const start = process.hrtime.bigint()
  work()
  return Number(process.hrtime.bigint() - start)
}

const ratios: number[] = []
for (let round = 0; round < ROUNDS; round++) {
  const events: unknown[] = []
  let accepted = 0
  const parsingNs = timed(() => {
    for (let index = 0; index < EVENTS_PER_ROUND; index++) events.push(JSON.parse(TEXT))
  })
  const checkingNs = timed(() => {
    for (const event of events) if (check(event, { now: NOW }).ok) accepted++
  })
  if (accepted !== EVENTS_PER_ROUND) throw new Error('The example event was refused.')
  ratios.push(checkingNs / parsingNs)
}

const ratio = median(ratios)
console.log(`check / JSON.parse: ${ratio.toFixed(2)} (ceiling ${CEILING})`)
process.exitCode = ratio > CEILING ? 1 : 0
