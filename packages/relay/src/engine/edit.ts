import { check, type Issue, redact } from 'waybill'
import type { Account, By, Edit, Store } from '../store/index.ts'
import { type Arrival, differingFields, judgeOnly, keptForm, MAX_KEPT_AHEAD_MS } from './accept.ts'

/** What became of a fixed event, or why there is none to fix. */
export type EditResult =
  | { readonly status: 'no_row' | 'not_ended' | 'another_event' }
  | {
      readonly status: 'queued' | 'validated' | 'refused'
      readonly issues: readonly Issue[]
      /** Fields that differ from the event as it is kept, by name; `undefined` where its body is gone. */
      readonly changed: readonly string[] | undefined
    }

export interface EditCall extends By {
  /** Only judges: the result is `validated` where it would be `queued`. */
  readonly dryRun: boolean
  /** What intake would judge the event by. */
  readonly rules: Pick<Arrival, 'contract' | 'invalidIdentity' | 'maxEventBytes'>
}

const ENDED: ReadonlySet<string> = new Set(['refused', 'expired', 'discarded'])

/** Puts a fixed event in the place of one that ended undelivered, and queues it under the same account. */
export async function editEvent(
  store: Pick<Store, 'edit'>,
  account: Account,
  input: unknown,
  call: EditCall,
): Promise<EditResult> {
  if (!ENDED.has(account.state)) return { status: 'not_ended' }
  const { by, nowMs, dryRun, rules } = call
  const changed = account.wire === undefined ? undefined : changedFields(account.wire, input)
  const judged = judgeFixed(account, input, { nowMs, rules })
  if (judged.status !== 'validated') return judged.status === 'refused' ? { ...judged, changed } : judged
  const { edit } = judged
  if (dryRun) return { status: 'validated', issues: edit.issues, changed }
  if (!(await store.edit(account.row, edit, { by, nowMs }))) return { status: 'not_ended' }
  return { status: 'queued', issues: edit.issues, changed }
}

/** What intake would say of a fixed event, and the content that it would be kept with. */
export type JudgedFix =
  | { readonly status: 'another_event' }
  | { readonly status: 'refused'; readonly issues: readonly Issue[] }
  | { readonly status: 'validated'; readonly edit: Edit }

export function judgeFixed(
  account: Pick<Account, 'pixel' | 'id' | 'name'>,
  input: unknown,
  { nowMs, rules }: Pick<EditCall, 'nowMs' | 'rules'>,
): JudgedFix {
  const [verdict] = judgeOnly({ ...rules, pixel: account.pixel, events: [input], source: 'fix' }, nowMs)
  if (verdict?.status === 'refused') return { status: 'refused', issues: verdict.issues }
  const { contract, invalidIdentity } = rules
  const result = check(input, { now: nowMs, contract, invalidIdentity, maxAheadMs: MAX_KEPT_AHEAD_MS })
  if (!result.ok) return { status: 'refused', issues: result.issues }
  const { id, name, ...edit } = keptForm(result.event, result.warnings, nowMs)
  return id === account.id && name === account.name ? { status: 'validated', edit } : { status: 'another_event' }
}

/** Compared as both would be kept, so that an identity that was hashed meanwhile is no difference. */
function changedFields(wire: string, input: unknown): string[] {
  return differingFields(redact(JSON.parse(wire)), redact(input))
}
