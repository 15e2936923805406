import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { COLUMNS, READ, REFUSED } from './amount.cases.ts'
import { AMOUNT, amountEvidence, isBelowZero, readAmount, settleAmounts } from './amount.ts'

describe('amounts of cells', () => {
  for (const [text, style, decimal, currency] of READ) {
    it(`reads ${JSON.stringify(text)} in ${JSON.stringify(style)} as ${decimal} ${currency ?? ''}`, () => {
      const value = currency === undefined ? { decimal } : { decimal, currency }
      assert.deepEqual(readAmount(text, style), { ok: true, value })
    })
  }

  for (const [text, style, says] of REFUSED) {
    it(`refuses ${JSON.stringify(text)} in ${JSON.stringify(style)} in words without the value`, () => {
      const reading = readAmount(text, style)
      assert.ok(!reading.ok)
      assert.match(`${reading.what} ${reading.hint}`, says)
      assert.ok(text === '' || !reading.what.includes(text))
    })
  }

  for (const [cells, given, style] of COLUMNS) {
    it(`settles ${JSON.stringify(cells)} with ${JSON.stringify(given)} as ${JSON.stringify(style)}`, () => {
      const evidence = cells.reduce((bits, cell) => bits | amountEvidence(cell), AMOUNT.NONE)
      const settled = settleAmounts(evidence, given)
      assert.deepEqual(settled.ok ? settled.style : undefined, style)
    })
  }

  it('reads every cell of a settled column that is readable at all', () => {
    for (const [cells, given, style] of COLUMNS) {
      if (style === undefined || Object.keys(given).length > 0) continue
      for (const cell of cells) assert.ok(readAmount(cell, style).ok, `${cell} in ${JSON.stringify(style)}`)
    }
  })

  it('gives both readings of a column that is not settled, and they differ', () => {
    const settled = settleAmounts(amountEvidence('1.234'), {})
    assert.ok(!settled.ok)
    const amounts = settled.readings.map((style) => readAmount('1.234', style))
    assert.deepEqual(amounts, [
      { ok: true, value: { decimal: '1.234' } },
      { ok: true, value: { decimal: '1234' } },
    ])
  })

  it('tells an amount below zero in any style', () => {
    const below = ['-5.00', '(5.00)', '5,00-', '\u22125', '-1.234,56 €', 'USD -5', '-$1,234.56']
    const others = ['5.00', '0.00', '-0.00', '-', '', '2026-11-28', '25,- €', '1-2', '(none)']
    assert.deepEqual([...below, ...others].filter(isBelowZero), below)
  })

  it('says of a cell that is empty nothing, and of one without a number that it is unreadable', () => {
    assert.deepEqual(['', '  ', '\u00a0'].map(amountEvidence), [0, 0, 0])
    assert.deepEqual(['none', '1e5', '1.2,3.4', '1,23,4'].map(amountEvidence), Array(4).fill(AMOUNT.UNREADABLE))
  })
})
