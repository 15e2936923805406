import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { COLUMNS, EVIDENCE, HEADERS, READ, REFUSED, ZONES } from './time.cases.ts'
import { readTime, settleTimes, timeEvidence } from './time.ts'
import { TIME, type TimeBit } from './time-bits.ts'
import { isTimePattern } from './time-pattern.ts'
import { createTimeZone, zoneOfHeader } from './time-zone.ts'

const shown = (style: object): string => JSON.stringify(style, (key, value) => (key === 'zone' ? value.name : value))

describe('times of cells', () => {
  for (const [text, style, iso, warning] of READ) {
    it(`reads ${JSON.stringify(text)} in ${shown(style)} as ${iso}`, () => {
      assert.deepEqual(readTime(text, style), { ok: true, value: { ms: Date.parse(iso), ...(warning && { warning }) } })
    })
  }

  for (const [text, style, code, says] of REFUSED) {
    it(`refuses ${JSON.stringify(text)} in ${shown(style)} as ${code}`, () => {
      const reading = readTime(text, style)
      assert.ok(!reading.ok)
      assert.equal(reading.code, code)
      assert.match(`${reading.what} ${reading.hint}`, says)
    })
  }

  it('takes of a local time that occurred twice the earlier one, with a warning', () => {
    const zone = createTimeZone('Europe/Berlin')!
    assert.deepEqual(readTime('2026-10-25 02:30', { zone }), {
      ok: true,
      value: { ms: Date.parse('2026-10-25T00:30:00Z'), warning: 'ambiguous_local_time' },
    })
  })

  it('puts the time of day of the column behind a day, and behind a midnight where all of them are days', () => {
    const zone = createTimeZone('America/New_York')!
    const read = (text: string, isDays: boolean): unknown => readTime(text, { zone, ofDay: 12 * 3_600_000, isDays })
    const noon = { ok: true, value: { ms: Date.parse('2026-11-01T17:00:00Z') } }
    // Clocks were put back at 2 in the morning of this day, so that noon is 13 hours after midnight.
    for (const text of ['2026-11-01', '11/1/2026', '2026-11-01 00:00:00', 'Nov 1, 2026 12:00 AM', '46327'])
      assert.deepEqual(readTime(text, { zone, ofDay: 12 * 3_600_000, isDays: true, order: 'month-first' }), noon, text)
    assert.deepEqual(read('2026-11-01T00:00:00Z', true), {
      ok: true,
      value: { ms: Date.parse('2026-11-01T12:00:00Z') },
    })
    assert.deepEqual(read('2026-11-01 00:00', false), { ok: true, value: { ms: Date.parse('2026-11-01T04:00:00Z') } })
    assert.deepEqual(read('2026-11-01', false), noon)
  })

  for (const [text, ...bits] of EVIDENCE) {
    it(`${JSON.stringify(text)} is evidence of ${bits.join(' and ')}`, () => {
      const names = Object.entries(TIME).filter(([, bit]) => (timeEvidence(text) & bit) !== 0)
      assert.deepEqual(names.map(([name]) => name).sort(), bits.filter((bit) => TIME[bit as TimeBit] !== 0).sort())
    })
  }

  for (const [cells, order] of COLUMNS) {
    it(`settles ${cells.join(', ')} as ${order ?? 'needing no order'}`, () => {
      const settled = settleTimes(
        cells.reduce((bits, cell) => bits | timeEvidence(cell), TIME.NONE),
        {},
      )
      assert.equal(settled.ok ? settled.style.order : `unsettled: ${settled.why}`, order)
    })
  }

  it('lets a map settle what the cells leave open', () => {
    const evidence = timeEvidence('03/04/2026') | timeEvidence('28/04/2026') | timeEvidence('04/28/2026')
    assert.deepEqual(settleTimes(evidence, { order: 'day-first' }), { ok: true, style: { order: 'day-first' } })
    assert.ok(settleTimes(evidence, { patterns: ['dd/MM/yyyy'] }).ok)
  })
})

describe('zones', () => {
  for (const [name, noon] of ZONES) {
    it(`${JSON.stringify(name)} has noon of 1 July 2026 at ${noon ?? 'no time: it is unknown'}`, () => {
      const [instant] = createTimeZone(name)?.instantsOf(Date.UTC(2026, 6, 1, 12)) ?? []
      assert.equal(instant === undefined ? undefined : new Date(instant).toISOString(), noon)
    })
  }

  for (const [header, zone] of HEADERS) {
    it(`the header ${JSON.stringify(header)} says ${zone ?? 'no zone'}`, () => assert.equal(zoneOfHeader(header), zone))
  }
})

it('a pattern names year, month and day once each, in letters that are known', () => {
  const good = [
    'dd.MM.yyyy',
    'yyyy-MM-dd HH:mm:ss.SSS',
    'MMM d, yyyy h:mm a',
    'mm/dd/yyyy',
    '%Y-%m-%d',
    'EEEE, d MMMM yyyy',
  ]
  const bad = ['dd.MM', 'HH:mm', 'yyyy yyyy MM dd', 'german', '', 'yyyy-QQ-dd']
  assert.deepEqual(good.filter(isTimePattern), good)
  assert.deepEqual(bad.filter(isTimePattern), [])
})
