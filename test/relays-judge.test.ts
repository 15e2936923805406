import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Disturbed, type Evidence, judge } from '../crash/relays/judge.ts'
import type { Seen } from '../crash/relays/witness.ts'

const seen = (
  relay: string,
  begunMs: number,
  ids: readonly string[] = [],
  answeredMs: number | undefined = begunMs + 10,
): Seen => ({
  relay,
  pixel: 'p',
  begunMs,
  ids,
  answeredMs,
})
const NONE: ReadonlySet<string> = new Set()
const killed = (relay: string, atMs: number): Disturbed => ({ relay, how: 'killed', atMs })
const stopped = (relay: string, atMs: number): Disturbed => ({ relay, how: 'stopped', atMs })

const CASES: readonly (readonly [what: string, evidence: Partial<Evidence>, says: RegExp | undefined])[] = [
  ['one relay', { seen: [seen('a', 0, ['x']), seen('a', 50, ['y'])] }, undefined],
  ['a death and a take-over', { seen: [seen('a', 0), seen('b', 9_000)], disturbed: [killed('a', 100)] }, undefined],
  [
    'a take-over that came late',
    { seen: [seen('a', 0), seen('b', 16_000)], disturbed: [killed('a', 100)] },
    /taken over 15\.9 s after a died/,
  ],
  [
    'a lost event',
    { acknowledged: new Set(['x']), stored: new Map() },
    /1 acknowledged events were never stored, such as x/,
  ],
  [
    'an event sent twice for no reason',
    { seen: [seen('a', 0, ['x']), seen('a', 50, ['x'])] },
    /sent too often, such as x: 2 times, 0/,
  ],
  [
    'an event sent again after an uncertain answer',
    { seen: [{ ...seen('a', 0, ['x']), answeredMs: undefined }, seen('a', 50, ['x'])] },
    undefined,
  ],
  [
    'an event sent again by who took over, since its answer may not be settled',
    { seen: [seen('a', 0, ['x']), seen('b', 9_000, ['x'])], disturbed: [stopped('a', 15)] },
    undefined,
  ],
  [
    'a relay that goes on after its claim ended',
    { seen: [seen('a', 0), seen('b', 11_000), seen('a', 20_000), seen('b', 20_050)], disturbed: [stopped('a', 10)] },
    /came back to b at 20050 ms from a, which nobody had disturbed/,
  ],
  [
    'a pixel that comes back when the one that took it over dies',
    { seen: [seen('a', 0), seen('b', 11_000), seen('a', 30_000)], disturbed: [stopped('a', 10), killed('b', 20_000)] },
    undefined,
  ],
]

for (const [what, { seen: requests = [], disturbed = [], acknowledged = NONE, stored = new Map() }, says] of CASES) {
  test(what, () => {
    const problems = judge({ seen: requests, disturbed, acknowledged, stored })
    if (says === undefined) assert.deepEqual(problems, [])
    else assert.match(problems.join('\n'), says)
  })
}
