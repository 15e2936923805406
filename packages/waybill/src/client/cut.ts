import { chunk } from '../delivery/chunk.ts'
import type { Job } from './job.ts'
import type { Prepared } from './prepare.ts'
import { envelope } from './settings.ts'
import { stateOf } from './window.ts'

/** Cuts events into requests by what is known now; those near their end get requests of their own. */
export function cut(events: readonly Prepared[], job: Job, validateOnly: boolean): Prepared[][] {
  const limits = {
    maxBodyBytes: job.memory.learned.maxBodyBytes,
    envelopeBytes: envelope(job.settings, validateOnly).length + 2,
  }
  const ending = new Set(events.filter((event) => stateOf(event, job) === 'ending'))
  const others = ending.size === 0 ? events : events.filter((event) => !ending.has(event))
  // What expires soonest goes before what is merely old.
  return [...chunk([...ending], limits), ...chunk(others, limits)]
}
