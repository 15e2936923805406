import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DecimalSign, readAmount } from './amount.ts'

const READ: readonly [text: string, sign: DecimalSign, decimal: string][] = [
  ['25.99', '.', '25.99'],
  ['25', '.', '25'],
  ['-0.50', '.', '-0.50'],
  ['1299.500', '.', '1299.500'],
  ['25,99', ',', '25.99'],
  ['25', ',', '25'],
]

for (const [text, sign, decimal] of READ) {
  test(`"${text}" with the decimal sign "${sign}" is ${decimal}`, () => {
    assert.deepEqual(readAmount(text, 'total', sign), { decimal })
  })
}

const REFUSED: readonly [text: string, sign: DecimalSign, says: RegExp][] = [
  ['25,99', '.', /comma as its decimal sign.*"decimal": ","/],
  ['25.99', ',', /point as its decimal sign.*Remove "decimal"/],
  ['$25.99', '.', /currency sign.*column of its own/],
  ['25.99 EUR', '.', /currency sign/],
  ['1e3', '.', /letters/],
  ['1,299.50', '.', /thousands separators.* such as 1299\.50/],
  ['1.299,50', '.', /thousands separators and a comma.*"decimal": ","/],
  ['1.299,50', ',', /thousands separators.* such as 1299,50/],
  ['--5', ',', /no plain number.* such as 1299,50/],
  ['1 299', '.', /thousands separators/],
  ['1\u00a0299,50', '.', /thousands separators and a comma/],
  ['.5', '.', /more signs than a plain number/],
  ['+5', '.', /no plain number/],
  ['--5', '.', /no plain number/],
]

for (const [text, sign, says] of REFUSED) {
  test(`"${text}" with the decimal sign "${sign}" is refused with help and without the value`, () => {
    const { decimal, issue } = readAmount(text, 'total', sign)
    assert.equal(decimal, undefined)
    assert.deepEqual([issue?.code, issue?.path], ['invalid_amount', 'total'])
    assert.match(`${issue?.message} ${issue?.hint}`, says)
    assert.ok(!issue?.message.includes(text))
  })
}
