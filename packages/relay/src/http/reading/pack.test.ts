import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ReadingJob } from './job.ts'
import { packOf, unpack } from './pack.ts'

const job = fc.record(
  {
    pixel: fc.constantFrom('a', 'b'),
    contract: fc.constantFrom('2026-06', '2026-11'),
    invalidIdentity: fc.constantFrom('drop', 'refuse'),
    source: fc.constantFrom('shop', 'app'),
    leastTimeLeftMs: fc.constantFrom(0, 5_000),
    maxEventBytes: fc.constantFrom(1_000, 2_000),
    isTimeInDoubt: fc.boolean(),
    bytes: fc.uint8Array({ maxLength: 20 }),
  } satisfies Record<keyof ReadingJob, unknown>,
  { requiredKeys: ['pixel', 'contract', 'source', 'bytes'] },
)

test('a pack gives the jobs back that it was made of, and takes copies', () => {
  fc.assert(
    fc.property(fc.array(job, { maxLength: 30 }), (jobs) => {
      const pack = packOf(jobs as Parameters<typeof packOf>[0], 5)
      const back = unpack(structuredClone(pack, { transfer: [pack.bytes.buffer] }))
      const plain = (all: readonly object[]): unknown => JSON.parse(JSON.stringify(all))
      assert.deepEqual(plain(back), plain(jobs))
    }),
  )
})

test('what neighbours are judged by stands once', () => {
  const bytes = Uint8Array.of(1)
  const rules = { pixel: 'a', contract: '2026-06', source: 'shop' } as const
  const pack = packOf(
    [
      { ...rules, bytes },
      { ...rules, bytes },
      { ...rules, source: 'app', bytes },
    ],
    5,
  )
  assert.deepEqual([pack.rules.length, [...pack.rulesAt]], [2, [0, 0, 1]])
})
