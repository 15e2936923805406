import { drive } from '../delivery/drive/drive.ts'
import type { DrivePort, Purpose } from '../delivery/drive/port.ts'
import type { Job } from './job.ts'
import type { Prepared } from './prepare.ts'

/** One send: its job, and the driver's port onto it. */
export interface Pass {
  readonly job: Job
  readonly port: DrivePort<Prepared>
}

/** Of which nothing is certain, and which do not wait by themselves. */
export const unsettled = (events: readonly Prepared[], { ledger, suspects }: Job): readonly Prepared[] =>
  events.filter((event) => !ledger.isSettled(event) && !suspects.has(event))

/** Cuts events into requests and runs them side by side; the gate limits how many at a time. */
export async function sendChunks(events: readonly Prepared[], { job, port }: Pass, purpose: Purpose): Promise<void> {
  const chunks = port.cut(events, purpose)
  let next = 0
  const lane = async (): Promise<void> => {
    for (let mine = chunks[next++]; mine !== undefined; mine = chunks[next++]) {
      // Cut again: since the first time the API may have found a body too large, or an event come near its end.
      for (const batch of port.cut(mine, purpose)) {
        const { validated } = await drive(port, batch, { purpose })
        if (purpose === 'validate' && !port.endsValidated) closeRest(batch, validated, job)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(job.settings.concurrency, chunks.length) }, lane))
}

/** What could not be validated to the end is not sent unseen. */
function closeRest(batch: readonly Prepared[], validated: ReadonlySet<Prepared>, job: Job): void {
  for (const event of batch) if (!validated.has(event)) job.unseen.add(event)
}
