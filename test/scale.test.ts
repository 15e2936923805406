/** The model in docs/scale.md follows from the figures above it. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'

const text = readFileSync(new URL('../docs/scale.md', import.meta.url), 'utf8')
const EVENTS_A_DAY = 1e9
const DAY_SECONDS = 86_400
const GROUPS = 16
const RETENTION_DAYS = 30
const REQUEST_EVENTS = 1_000
const PIXELS = 100_000

/** Numbers of a row of a table, by how it begins. */
function row(begin: string): number[] {
  const line = text.split('\n').find((each) => each.startsWith(`| ${begin}`))
  assert.ok(line !== undefined, begin)
  return line
    .split('|')
    .slice(2)
    .filter((cell) => cell.trim() !== '')
    .map((cell) => Number(cell.replaceAll(',', '')))
}

function says(pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1]?.replaceAll(',', ''))
}

const [walBytes = 0] = row('log (WAL), bytes an event')
const [cpuMicros = 0] = row("server's processor, µs an event")
const accountBytes = says(/an account takes ([\d,]+) bytes/)
const bodyBytes = says(/text of an event some ([\d,]+) bytes/)
const perSecond = EVENTS_A_DAY / DAY_SECONDS

const MODEL: readonly (readonly [begin: string, inAll: number])[] = [
  ['events a second', perSecond],
  ['log (WAL), MB a second', (perSecond * walBytes) / 1e6],
  ["server's processor, cores", (perSecond * cpuMicros) / 1e6],
  ['accounts of 30 days, TB', (EVENTS_A_DAY * RETENTION_DAYS * accountBytes) / 1e12],
  ['texts of one day, GB', (EVENTS_A_DAY * bodyBytes) / 1e9],
  ['requests a second, if all were full', perSecond / REQUEST_EVENTS],
]

describe('the model of a billion events a day', () => {
  for (const [begin, inAll] of MODEL) {
    it(`says of ${begin} what follows from the figures`, () => {
      const [all = 0, group = 0] = row(begin)
      for (const [said, is] of [
        [all, inAll],
        [group, inAll / GROUPS],
      ] as const)
        assert.ok(Math.abs(said - is) <= 0.05 * is, `${said} is said, and ${is} follows`)
    })
  }

  it('says how many requests small pixels make', () => {
    assert.equal(says(/at most one a minute and pixel, ([\d,]+) a second/), Math.round(PIXELS / 60))
    assert.equal(says(/are up to ([\d,]+) requests a second/), Math.round(perSecond))
  })
})
