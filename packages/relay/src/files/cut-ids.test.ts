import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planColumns } from './column-plan.ts'
import { CutIdsFinder, damageFinder } from './cut-ids.ts'
import { parseMapping } from './mapping.ts'

const MAP: Readonly<Record<string, unknown>> = { id: 'id', type: { value: 'order_created' }, timestamp: 'at' }

function planOf(map: Readonly<Record<string, unknown>> = {}): ReturnType<typeof planColumns> {
  return planColumns(['id', 'at', 'shop'], { mapping: parseMapping({ ...MAP, ...map }) })
}

/** What of these ids is refused: one order each. */
function refused(ids: readonly string[], map: Readonly<Record<string, unknown>> = {}): string[] {
  const plan = planOf(map)
  const finder = new CutIdsFinder(plan)
  for (const id of ids) finder.add([id, '', ''])
  const damageOf = damageFinder(plan, finder.found()) ?? (() => [])
  return ids.filter((id) => damageOf([id, '', '']).length > 0)
}

const ALL = 'all'
const CASES: readonly (readonly [what: string, ids: readonly string[], refused: typeof ALL | readonly string[]])[] = [
  ['ids of 19 digits, cut', ['4123456789012340000', '4123456789012350000'], ALL],
  ['one of 18 digits', ['412345678901234000'], ALL],
  ['one of 17 digits, which is so by chance once in a hundred times', ['41234567890123400'], []],
  ['two of 17', ['41234567890123400', '41234567890123500'], ALL],
  ['one of 16', ['4123456789012340'], []],
  ['two of 16', ['4123456789012340', '4123456789012350'], []],
  ['three of 16', ['4123456789012340', '4123456789012350', '4123456789012360'], ALL],
  ['one of 16 that is said three times', Array(3).fill('4123456789012340'), []],
  [
    'many of 16, of which one has its end',
    ['4123456789012340', '4123456789012350', '4123456789012367', '4123456789012380'],
    [],
  ],
  [
    'another length that is whole saves none',
    ['4123456789012340000', '4123456789012345', '1001'],
    ['4123456789012340000'],
  ],
  ['fifteen digits', ['412345678901000', '412345678902000', '412345678903000'], []],
  ['a leading zero, which no number has', ['0123456789012340000', '4123456789012340000'], []],
  ['letters, which no number has', ['A123456789012340000', 'A123456789012350000'], []],
  [
    'milliseconds written as nanoseconds, whose zeros begin earlier',
    ['1795878245123000000', '1795878245124000000'],
    [],
  ],
  ['the same of one order', ['1795878245123000000'], []],
  ['round numbers', ['1000000000000000000', '2000000000000000000'], []],
  ['one whose last sure digit is a zero', ['4123456789012300000'], ALL],
  ['blanks around it', [' 4123456789012340000 ', '4123456789012350000'], ALL],
]

for (const [what, ids, expected] of CASES) {
  test(`ids that a spreadsheet may have cut: ${what}: ${expected === ALL ? 'refused' : expected.length > 0 ? 'in part' : 'as they are'}`, () => {
    assert.deepEqual(refused(ids), expected === ALL ? ids : expected)
  })
}

const CUT = ['4123456789012340000', '4123456789012350000']

test('ids are looked at within a template, and so is what makes rows one order', () => {
  assert.deepEqual(refused(CUT, { id: 'order_{id}' }), CUT)
  assert.deepEqual(refused(CUT, { id: 'shop', groupBy: 'id' }), CUT)
  assert.deepEqual(refused(['5.55E+12', '1001'], { id: 'order_{id}' }), ['5.55E+12'])
  assert.deepEqual(refused(['5.55E+12', '28-Nov'], { id: 'shop', groupBy: 'id' }), ['5.55E+12'])
})

test('the message names the column, what happened and what to do, and not the id', () => {
  const [issue, ...more] = damageFinder(planOf(), [[0, 19]])!([CUT[0]!, '', ''])
  assert.deepEqual([issue!.code, issue!.path, issue!.severity, more], ['invalid_cell', 'id', 'error', []])
  assert.match(`${issue!.message} ${issue!.hint}`, /cut to 15 digits.*several ids became one\. .*formatted as text/)
  assert.doesNotMatch(JSON.stringify(issue), /4123/)
})
