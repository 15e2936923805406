import { type CheckOptions, check } from '../contract/check.ts'
import { type Issue, issue } from '../contract/issue.ts'
import { utf8Bytes } from '../delivery/chunk.ts'
import { nameOf, shapeKey } from '../delivery/shape.ts'
import type { Outcome } from './outcome.ts'

/** An event that passed the local check, turned into its wire JSON once. What its writer does to the object later changes nothing. */
export interface Prepared {
  readonly index: number
  readonly id: string
  /** By which the API tells a repeat: name and id. */
  readonly key: string
  readonly json: string
  readonly bytes: number
  readonly timestampMs: number
  readonly shape: string
  readonly warnings: readonly Issue[]
  attempts: number
  /** A request that carried it ended ambiguously, or was answered 200. */
  mayBeStored: boolean
}

/** An event ready to send, or the outcome of one that the local check refused. */
export type Preparation =
  | { readonly ok: true; readonly event: Prepared }
  | { readonly ok: false; readonly outcome: Outcome }

/** Reads, checks and serialises one event at once. Never throws, whatever reading it does. */
export function prepare(
  read: () => unknown,
  index: number,
  options: CheckOptions & { maxEventBytes: number },
): Preparation {
  let input: unknown
  const refused = (issues: readonly Issue[]): Preparation => ({
    ok: false,
    outcome: { index, id: readableId(input), status: 'refused', issues, attempts: 0 },
  })
  try {
    input = read()
    const result = check(input, options)
    if (!result.ok) return refused(result.issues)
    const { event, warnings } = result
    const json = JSON.stringify(event)
    const bytes = utf8Bytes(json)
    if (bytes > options.maxEventBytes) return refused([...warnings, issue('event_too_large', '')])
    const { id, timestamp_ms: timestampMs } = event
    const shape = shapeKey(event)
    const fresh = { attempts: 0, mayBeStored: false }
    return {
      ok: true,
      event: { index, id, key: `${nameOf(event)}\0${id}`, json, bytes, timestampMs, shape, warnings, ...fresh },
    }
  } catch {
    return refused([issue('unreadable_event', '')])
  }
}

function readableId(input: unknown): string {
  try {
    const id = (input as { id?: unknown } | null)?.id
    return typeof id === 'string' && !id.includes('@') ? id : ''
  } catch {
    return ''
  }
}
