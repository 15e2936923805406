import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planColumns } from './column-plan.ts'
import { knowledgeOfPlan } from './files.helpers.ts'
import { type Candidate, Grouper } from './group.ts'
import { createMapper } from './mapper.ts'
import type { Row } from './row.ts'

const COLUMNS = ['id', 'type', 'email', 'amount', 'item_id', 'timestamp']

/** Rows as `id type email amount item [timestamp]`, `-` for an empty cell; numbered from 2. */
function group(...lines: string[]): Candidate[] {
  const plan = planColumns(COLUMNS, { timeZone: 'Europe/Berlin' })
  const mapper = createMapper(plan)
  const grouper = new Grouper(knowledgeOfPlan(plan))
  const rows: Row[] = lines.map((line, at) => {
    const cells = line.split(' ').map((cell) => (cell === '-' ? '' : cell))
    if (line === 'broken')
      return { line: at + 2, raw: line, issues: [{ code: 'malformed_row', path: '', message: 'x', severity: 'error' }] }
    return { line: at + 2, cells: COLUMNS.map((_, column) => cells[column] ?? '') }
  })
  return [...rows.flatMap((row) => grouper.push(mapper.map(row))), ...grouper.end()]
}

function items(candidate: Candidate): string {
  const { data } = (candidate.input ?? {}) as { data?: { contents?: { id: string }[] } }
  return (data?.contents ?? []).map((item) => item.id).join('+')
}

/** `lines: kind items codes`. */
function told(candidates: Candidate[]): string[] {
  return candidates.map((candidate) => {
    const lines = candidate.rows.map((row) => row.line).join('+')
    return [`${lines}:`, candidate.kind, items(candidate), ...candidate.issues.map((issue) => issue.code)]
      .filter(Boolean)
      .join(' ')
  })
}

const CASES: readonly { name: string; lines: string[]; told: string[] }[] = [
  { name: 'rows of different ids stay apart', lines: ['a o e 5 x', 'b o e 5 x'], told: ['2: event x', '3: event x'] },
  {
    name: 'rows of one order become one event with its items in order',
    lines: ['a o e 5 x', 'a o e 5 y', 'a o e 5 z', 'b o e 5 x'],
    told: ['2+3+4: event x+y+z', '5: event x'],
  },
  {
    name: 'later rows may leave out what the first said, the type included',
    lines: ['a o e 5 x', 'a - - - y', 'a o - - z'],
    told: ['2+3+4: event x+y+z'],
  },
  {
    name: 'rows of one id and another type stay apart',
    lines: ['a o e 5 x', 'a p e 5 y'],
    told: ['2: event x', '3: event y'],
  },
  {
    name: 'a row wholly equal to one of the event is a duplicate',
    lines: ['a o e 5 x', 'a o e 5 y', 'a o e 5 x', 'a o e 5 y'],
    told: ['4: duplicate x', '5: duplicate y', '2+3: event x+y'],
  },
  {
    name: 'a repeated row without items is a duplicate',
    lines: ['a o e 5 -', 'a o e 5 -'],
    told: ['3: duplicate', '2: event'],
  },
  {
    name: 'the same item without the rest of the event is one more item',
    lines: ['a o e 5 x', 'a - - - x'],
    told: ['2+3: event x+x'],
  },
  {
    name: 'a row that contradicts refuses the whole order',
    lines: ['a o e 5 x', 'a o f 5 y', 'a o e 5 w', 'b o e 5 x'],
    told: ['2+3+4: event x conflicting_repeat', '5: event x'],
  },
  {
    name: 'one amount in two spellings is no contradiction',
    lines: ['a o e 5 x', 'a o e 5.00 y'],
    told: ['2+3: event x+y'],
  },
  {
    name: 'rows with different amounts refuse the whole order',
    lines: ['a o e 5 x', 'a o e 6 y'],
    told: ['2+3: event x conflicting_repeat'],
  },
  {
    name: 'a row that says what the first left open adds it',
    lines: ['a o - 5 x', 'a o e 5 y'],
    told: ['2+3: event x+y'],
  },
  {
    name: 'a row without an item may be part of an order with items',
    lines: ['a o e 5 x', 'a o e 5 -'],
    told: ['2+3: event x'],
  },
  {
    name: 'a faulty cell refuses the whole event with all its rows',
    lines: ['a o e 5 x', 'a o e five y', 'a o e 5 z', 'b o e 5 x'],
    told: ['2+3+4: event x invalid_amount', '5: event x'],
  },
  {
    name: 'a faulty first row refuses the whole event with all its rows',
    lines: ['a o e five x', 'a o e 5 y'],
    told: ['2+3: event x invalid_amount'],
  },
  {
    name: 'a warning stays with the event and refuses nothing',
    lines: ['a o e 5 x 2026-10-25T02:30', 'a o - - y'],
    told: ['2+3: event x+y ambiguous_local_time'],
  },
  {
    name: 'a row without an id belongs to nothing',
    lines: ['- o e 5 x', '- o e 5 y'],
    told: ['2: event x', '3: event y'],
  },
  {
    name: 'an unreadable row stands alone and parts nothing',
    lines: ['a o e 5 x', 'broken', 'a o e 5 y'],
    told: ['3: event malformed_row', '2+4: event x+y'],
  },
  {
    name: 'a key that comes back later is a new event here',
    lines: ['a o e 5 x', 'b o e 5 x', 'a o e 5 x'],
    told: ['2: event x', '3: event x', '4: event x'],
  },
]

for (const { name, lines, told: expected } of CASES) {
  test(`${name}`, () => {
    assert.deepEqual(told(group(...lines)), expected)
  })
}

for (const [what, lines, says] of [
  ['behind an order', ['a o e 5 x', 'a o e -5 y'], /looks like a refund/],
  ['before an order', ['a o e (5.00) x', 'a o e 5 y'], /looks like a refund/],
  ['of another sum', ['a o e 5 x', 'a o e -2 x'], /looks like a refund/],
  ['none: two amounts above zero are those of lines', ['a o e 5 x', 'a o e 2 y'], /amount of each line/],
] as const) {
  test(`a row below zero ${what}: all of the order is refused, and the message says what it looks like`, () => {
    const [candidate, ...more] = group(...lines)
    const [issue] = candidate!.issues
    assert.deepEqual([more, candidate!.issues.length, issue!.code], [[], 1, 'conflicting_repeat'])
    assert.match(issue!.message, says)
    const isRefund = issue!.hint?.includes('"where": {"amount":{"negative":false}}')
    assert.equal(isRefund, issue!.message.includes('refund'))
  })
}

test('whole events of a JSON file are never joined', () => {
  const plan = planColumns([])
  const mapper = createMapper(plan)
  const grouper = new Grouper(knowledgeOfPlan(plan))
  const object = { id: 'a', type: 'order_created', data: { contents: [{ id: 'x' }] } }
  const candidates = [1, 2].flatMap((line) => grouper.push(mapper.map({ line, object })))
  assert.equal([...candidates, ...grouper.end()].length, 2)
})

test('a file in which all rows have one id does not fill the memory: from the 10,001st row on they are refused one by one', () => {
  for (const [count, refusals] of [
    [9_999, 0],
    [10_000, 0],
    [10_001, 1],
  ] as const) {
    const candidates = group(...Array.from({ length: count }, (_, at) => `a o e 5 item${at}`))
    assert.equal(candidates.length, 1 + refusals)
    assert.equal(candidates.at(-1)?.rows.length, Math.min(count, 10_000))
  }
})
