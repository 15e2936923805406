import type { EventName } from '../../contract/names.ts'
import type { Candidate } from '../candidate.ts'
import { type Skip, skip } from '../skip.ts'
import type { NothingDue } from './settings.ts'

/** How a subscription began, as far as one call can tell. `unknown`: nothing was due, for whichever reason. */
export type Beginning = 'trial' | 'paid' | 'unknown'

const ENROLLMENTS: readonly EventName[] = ['subscription_created', 'trial_started']

type Enrollment = Pick<Candidate, 'repeats' | 'alsoTypes' | 'barred'> & { readonly type: EventName }

/**
 * What makes the three calls of one subscription one conversion: its id, whichever comes first; later ones are duplicates
 * although they know other things of it, also where they would have named it otherwise.
 */
export function enrollmentOf(beginning: Beginning, nothingDue: NothingDue, ref: string | undefined): Enrollment {
  const known = beginning === 'unknown' ? nothingDue : beginning
  const type: EventName = known === 'trial' ? 'trial_started' : 'subscription_created'
  const waiting: Skip | undefined = known === 'wait' ? skip('undecided', { message: WAITING, ref }) : undefined
  return { type, repeats: 'first_wins', alsoTypes: ENROLLMENTS, barred: waiting }
}

const WAITING = 'Nothing was due: customer.subscription.created will say whether it is a trial or a free plan.'
