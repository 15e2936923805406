import { type Issue, type IssueCode, issue } from '../contract/issue.ts'
import type { Reason } from '../delivery/verdict.ts'
import { withoutPlaces } from './scrub.ts'

/**
 * `delivered`: the API counted it. `validated`: the API would take it; nothing was stored. `queued`: a relay took it over.
 * `refused`: the event itself is at fault and will not pass unchanged. `failed`: it was not the event's fault; send again.
 */
export type OutcomeStatus = 'delivered' | 'validated' | 'queued' | 'refused' | 'failed'

/** What became of one event. There is one for each input, in input order. */
export interface Outcome {
  /** Position of the event in the call, from 0; of `track`, in the order of the calls. */
  readonly index: number
  /** The event's id; empty when it has none that can be read. */
  readonly id: string
  /** What became of it. */
  readonly status: OutcomeStatus
  /** Why, and what else is worth knowing. Codes are those of `docs/issues.md`, or the API's own. */
  readonly issues: readonly Issue[]
  /** Requests in which the event travelled, preflight not counted. */
  readonly attempts: number
}

/** Text that the API wrote, fit to be shown: without the key, without addresses, without the index in a batch nobody sees. */
export type Scrub = (text: string) => string

/** The API's own reason as an issue. */
export function apiIssue(reason: Reason, scrub: Scrub): Issue {
  const message = withoutPlaces(scrub(reason.message)) || 'The API gave no message.'
  return { code: scrub(reason.code), path: scrub(reason.path), message, severity: 'error' }
}

/** An issue of the delivery with the API's words beside ours. */
export function deliveryIssue(code: IssueCode, said?: string): Issue {
  const plain = issue(code, '')
  return said ? { ...plain, message: `${plain.message} (${said})` } : plain
}
