import type { RelayResult } from '../verdict.ts'

/** An issue as a relay tells it, with whatever it put in. */
export interface RelayIssue {
  /** Stable, for programs. */
  readonly code: string
  /** Where in the event. */
  readonly path: string
  /** For people; never with a personal value. */
  readonly message: string
  /** An `error` refuses the event, a `warning` does not. */
  readonly severity: 'error' | 'warning'
}

/** What a relay says of one event. Its refusals come from a check of its own, and are final. */
export interface RelaySaid {
  /** `conflict`: the relay has another event under this id. */
  readonly status: 'queued' | 'refused' | 'conflict'
  /** Why, in the order of the rules. */
  readonly issues: readonly RelayIssue[]
}

/** A relay takes the good events over and says of each other one what is wrong with it. */
export function readRelayAnswer<Item>(
  items: readonly Item[],
  results: readonly RelayResult[],
): readonly (readonly [Item, RelaySaid])[] {
  const byIndex = new Map(results.map((result) => [result.index, result]))
  return items.map((item, index) => [item, saidOf(byIndex.get(index))])
}

function saidOf(result: RelayResult | undefined): RelaySaid {
  const issues = (result?.issues ?? []).flatMap(readIssue)
  if (result?.status === 'refused' || endedBefore(result, issues)) return { status: 'refused', issues }
  return { status: result?.status === 'conflict' ? 'conflict' : 'queued', issues }
}

/** A repeat of what waits or was delivered has nothing wrong with it; an error says that the first one ended undelivered. */
function endedBefore(result: RelayResult | undefined, issues: readonly RelayIssue[]): boolean {
  return result?.status === 'duplicate' && issues.some(({ severity }) => severity === 'error')
}

function readIssue(value: unknown): RelayIssue[] {
  if (typeof value !== 'object' || value === null) return []
  const { code, path, message, severity } = value as Readonly<Record<string, unknown>>
  if (typeof code !== 'string' || typeof message !== 'string') return []
  const weight = severity === 'warning' ? 'warning' : 'error'
  return [{ code, path: typeof path === 'string' ? path : '', message, severity: weight }]
}
