import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CopyFacts, faultsOfCopy } from './copy.ts'

const BOOKS = { accepted: 10, accounted: 10, kept: 8, rows: 8, waiting: 3 }
const GOOD: CopyFacts = { bytes: 4096, damage: [], version: 2, newest: 2, books: BOOKS }

const CASES: readonly (readonly [title: string, changed: Partial<CopyFacts>, faults: readonly RegExp[]])[] = [
  ['a good one', {}, []],
  ['one of an older schema', { version: 1 }, []],
  ['a damaged one', { damage: ['row 7 missing', 'more'] }, [/^it is damaged: row 7 missing$/]],
  ['one without a schema', { version: 0, books: undefined }, [/no schema/]],
  ['one of a newer schema', { version: 3, books: undefined }, [/version 3, .* none after 2/]],
  ['one that lost an event', { books: { ...BOOKS, accounted: 9 } }, [/^1 accepted events are in no state$/]],
  ['one that lost a row', { books: { ...BOOKS, rows: 7 } }, [/^8 accounts are counted, and 7 are there$/]],
  ['one with a row too many', { books: { ...BOOKS, rows: 9 } }, [/9 are there/]],
]

for (const [title, changed, faults] of CASES) {
  test(`a copy: ${title}`, () => {
    const found = faultsOfCopy({ ...GOOD, ...changed })
    assert.equal(found.length, faults.length, found.join('\n'))
    for (const [index, fault] of faults.entries()) assert.match(found[index]!, fault)
  })
}
