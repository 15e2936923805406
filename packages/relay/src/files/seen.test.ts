import assert from 'node:assert/strict'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { FingerprintTable } from './fingerprint-table.ts'
import { createSeen } from './seen.ts'

test('what was seen is classified as a map would, also after keys went to the temporary file', () => {
  const says = fc.record({ key: fc.integer({ min: 0, max: 60 }), content: fc.integer({ min: 0, max: 2 }) })
  const property = fc.property(
    fc.array(says, { maxLength: 200 }),
    fc.constantFrom(1, 7, 1_000),
    (all, keysInMemory) => {
      const seen = createSeen({ keysInMemory })
      const map = new Map<number, number>()
      for (const { key, content } of all) {
        const known = map.get(key)
        const expected = known === undefined ? 'new' : known === content ? 'duplicate' : 'conflict'
        assert.equal(seen.classify(`order_created\0${key}`, `${content}`), expected)
        if (known === undefined) map.set(key, content)
      }
      seen.close()
    },
  )
  fc.assert(property, { numRuns: 40 })
})

test('many keys are kept apart across several moves to the temporary file', () => {
  const seen = createSeen({ keysInMemory: 5_000 })
  for (let at = 0; at < 30_000; at++) assert.equal(seen.classify(`key${at}`, `content${at}`), 'new')
  for (let at = 0; at < 30_000; at += 7) {
    assert.equal(seen.classify(`key${at}`, `content${at}`), 'duplicate')
    assert.equal(seen.classify(`key${at}`, 'other'), 'conflict')
  }
  seen.close()
})

test('the temporary file is for this user only and is gone after close', { skip: process.platform === 'win32' }, () => {
  const mine = (): string[] => readdirSync(tmpdir()).filter((name) => existsSync(join(tmpdir(), name, 'seen')))
  const before = mine()
  const seen = createSeen({ keysInMemory: 1 })
  for (const key of ['a', 'b', 'c']) seen.classify(key, key)
  const created = mine().filter((name) => !before.includes(name))
  assert.equal(created.length, 1)
  const folder = join(tmpdir(), created[0]!)
  assert.deepEqual([statSync(folder).mode & 0o777, statSync(join(folder, 'seen')).mode & 0o777], [0o700, 0o600])
  seen.close()
  assert.equal(existsSync(folder), false)
})

test('a table keeps keys apart whose slots collide, also around its end and while it grows', () => {
  const table = new FingerprintTable()
  const words = (at: number): Uint32Array => Uint32Array.of(0xffffffff, at, 0, 0, at, 1)
  for (let at = 1; at <= 5_000; at++) table.add(words(at))
  assert.equal(table.size, 5_000)
  let visited = 0
  table.forEach(() => {
    visited += 1
  })
  assert.equal(visited, 5_000)
  for (let at = 1; at <= 5_000; at += 50) {
    assert.equal(table.find(words(at)), 'same')
    assert.equal(table.find(Uint32Array.of(0xffffffff, at, 0, 0, at, 2)), 'other')
    assert.equal(table.find(Uint32Array.of(0xffffffff, at + 5_000, 0, 0, 0, 0)), 'nothing')
  }
})
