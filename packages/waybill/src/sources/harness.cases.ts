/** How the tables of the sources are run: a call goes through the source and then through `check`, as in the relay. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { type CheckOptions, check } from '../contract/check.ts'
import type { Contract } from '../contract/names.ts'
import type { SkipCode } from './skip.ts'
import type { Mapped, Source, SourceCall } from './source.ts'

/** Some weeks after the moments in the payloads would be too late; cases say their own where it matters. */
export const NOW: number = Date.UTC(2026, 2, 19, 5, 0, 0)

/** SHA-256 by Node itself, so that the expected digests do not come from the code that is tested. */
export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex')

/** A call that becomes one event: exactly this JSON on the wire. */
export interface WireCase<Options> {
  readonly says: string
  readonly call: SourceCall
  readonly options?: Options
  readonly wire: object
  readonly contract?: Contract
  /** Codes of the warnings, in order. */
  readonly warnings?: readonly string[]
  /** What else the result holds. */
  readonly keys?: readonly string[]
  readonly repeats?: 'compare' | 'first_wins'
}

/** A call that becomes none. */
export interface SkipCase<Options> {
  readonly says: string
  readonly call: SourceCall
  readonly options?: Options
  readonly code: SkipCode
  readonly path?: string
  readonly ref?: string
}

type Create<Options> = (options: Options & { readonly contract?: Contract }) => Source

/** One test per row. */
export function testWireCases<Options extends object>(
  create: Create<Options>,
  cases: readonly WireCase<Options>[],
): void {
  for (const { says, call, options, wire, contract = '2026-06', warnings = [], keys, repeats } of cases) {
    test(says, () => {
      const mapped = create({ ...(options as Options), contract })(call)
      assert.deepEqual(mapped.skipped, [])
      assert.equal(mapped.events.length, 1)
      const [found] = mapped.events
      const result = check(found!.event, { now: NOW, contract, invalidIdentity: 'drop' })
      assert.ok(result.ok, JSON.stringify(result))
      assert.deepEqual(JSON.parse(JSON.stringify(result.event)), wire)
      assert.deepEqual(
        result.warnings.map((warning) => warning.code),
        warnings,
      )
      if (keys !== undefined) assert.deepEqual(found!.keys, keys)
      if (repeats !== undefined) assert.equal(found!.repeats, repeats)
    })
  }
}

/** One test per row; the message of a skip is a sentence and repeats no address. */
export function testSkipCases<Options extends object>(
  create: Create<Options>,
  cases: readonly SkipCase<Options>[],
): void {
  for (const { says, call, options, code, path, ref } of cases) {
    test(says, () => {
      const mapped = create({ ...(options as Options) })(call)
      assert.deepEqual(mapped.events, [])
      assert.deepEqual(
        mapped.skipped.map((skipped) => [skipped.code, skipped.path, skipped.ref]),
        [[code, path, ref]],
      )
      assert.match(mapped.skipped[0]!.message, /^[^@]+[.)]$/)
    })
  }
}

/** The wire events of a result, each judged as the relay judges it. */
export function wireEvents({ events }: Mapped, options: Partial<CheckOptions> = {}): unknown[] {
  return events.map(({ event }) => {
    const result = check(event, { now: NOW, invalidIdentity: 'drop', ...options })
    assert.ok(result.ok, JSON.stringify(result))
    return JSON.parse(JSON.stringify(result.event)) as unknown
  })
}

/** Codes and paths of what `check` refuses in the one event of a result. */
export function refusalOf({ events }: Mapped): string[] {
  assert.equal(events.length, 1)
  const result = check(events[0]!.event, { now: NOW, invalidIdentity: 'drop' })
  return result.ok ? [] : result.issues.map(({ code, path }) => `${code} at ${path}`)
}
