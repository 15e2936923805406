import type { EventName } from '../../contract/names.ts'
import type { Candidate } from '../candidate.ts'
import type { Draft } from '../draft.ts'
import { type Skip, skip } from '../skip.ts'
import type { NothingDue } from './settings.ts'

/** How a subscription began, as far as one call can tell. `unknown`: nothing was due, for whichever reason. */
export type Beginning = 'trial' | 'paid' | 'unknown'

/**
 * What makes the calls of one subscription one conversion: its id, whichever comes first. Money makes it `subscription_created`, also
 * where a trial follows: a session cannot show the trial, and name and amount may not depend on which call came first.
 */
export function enrolled(candidate: Candidate, beginning: Beginning, nothingDue: NothingDue): Candidate {
  const { draft } = candidate
  const known = beginning === 'unknown' ? nothingDue : beginning
  const type: EventName = known === 'trial' ? 'trial_started' : 'subscription_created'
  const other = [{ type: type === 'trial_started' ? 'subscription_created' : 'trial_started', id: draft.id } as const]
  // A trial that was sent stays one: money that comes for it later is another conversion.
  const isFirstMoney = type === 'subscription_created' && hasMoney(draft)
  const data = type === 'trial_started' ? withoutMoney(draft) : draft.data
  return {
    ...candidate,
    draft: { ...draft, type, ...(data && { data }) },
    repeats: 'first_wins',
    sameAs: isFirstMoney ? [] : other,
    replaces: other,
    isWaiting: draft.user === undefined,
    barred: candidate.barred ?? (known === 'wait' ? waiting(draft.id) : undefined),
  }
}

/** True for an amount above zero. */
export function hasMoney({ data }: Draft): boolean {
  return typeof data?.amount === 'string' && /^\d*[.\d]*[1-9]/.test(data.amount)
}

function withoutMoney({ data }: Draft): Draft['data'] {
  const { amount: _amount, currency: _currency, ...rest } = data ?? {}
  return rest
}

const waiting = (ref: string | undefined): Skip => skip('undecided', { message: WAITING, ref })
const WAITING = 'Nothing was due: customer.subscription.created will say whether it is a trial or a free plan.'
