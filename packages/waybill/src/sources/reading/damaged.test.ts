import assert from 'node:assert/strict'
import { it } from 'node:test'
import { damagedId } from './damaged.ts'

const CASES: readonly (readonly [id: string, says: RegExp | undefined])[] = [
  ['5.55E+12', /exponent/],
  ['5,55E+12', /exponent/],
  ['5E+12', /exponent/],
  ['5.55e+12', /exponent/],
  [' 5.55E+12 ', /exponent/],
  ['1001.0', /fraction/],
  ['1001.00', /fraction/],
  ['1001,0', /fraction/],
  ['1,002', /thousands/],
  ['5.550.000.001.041', /thousands/],
  ['1 002', /thousands/],
  ['28-Nov', /date/],
  ['Nov-28', /date/],
  ['1.002', undefined],
  ['1,02', undefined],
  ['28-November', undefined],
  ['nov-2801', undefined],
  ['713752e1', undefined],
  ['7e1', undefined],
  ['12.5E+12', undefined],
  ['00202938', undefined],
  ['1001', undefined],
  ['1001.5', undefined],
  ['#1001.0', undefined],
  ['A-1.0', undefined],
  ['', undefined],
]

for (const [id, says] of CASES) {
  it(`${JSON.stringify(id)} is ${says === undefined ? 'an id as it is' : `damaged: ${says.source}`}`, () => {
    const damage = damagedId(id)
    if (says === undefined) assert.equal(damage, undefined)
    else assert.match(damage?.what ?? '', says)
    assert.ok(damage === undefined || !damage.what.includes(id.trim()))
  })
}
