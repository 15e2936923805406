import { proveShapes } from '../delivery/drive/preflight.ts'
import { type Pass, sendChunks, unsettled } from './chunks.ts'
import { deliveryIssue } from './outcome.ts'
import type { Prepared } from './prepare.ts'

type Strategy = (events: readonly Prepared[], pass: Pass) => Promise<void>

/** Sends the events with as much validation by the API as the setting asks for. */
export const withPreflight: Strategy = (events, pass) => {
  const { job } = pass
  if (job.validateOnly) return sendChunks(events, pass, 'validate')
  return STRATEGIES[job.settings.preflight](events, pass)
}

/** Trusts the local check. */
const never: Strategy = (events, pass) => sendChunks(events, pass, 'deliver')

/** Has every event validated before any is sent. */
const always: Strategy = async (events, pass) => {
  await sendChunks(events, pass, 'validate')
  closeUnseen(pass)
  await sendChunks(unsettled(events, pass.job), pass, 'deliver')
}

/**
 * Has one event of each new shape validated, all in one request, apart from the events whose shape is known: a faulty
 * release cannot stop the known-good flow.
 */
const novel: Strategy = async (events, pass) => {
  const { job, port } = pass
  const { learned } = job.memory
  const known = events.filter(({ shape }) => learned.isKnown(shape))
  const unknown = events.filter(({ shape }) => !learned.isKnown(shape))
  const sendUnknown = async (): Promise<void> => {
    const proven = await proveShapes(port, unknown, (event) => !job.ledger.isSettled(event))
    const rest = unsettled(unknown, job)
    // Nothing goes out unseen. Where the whole send was stopped, what stopped it is the reason.
    const unseen = rest.filter(({ shape }) => proven?.has(shape) !== true)
    if (!job.signal.aborted) job.ledger.close(unseen, deliveryIssue('gave_up'))
    await sendChunks(unsettled(rest, job), pass, 'deliver')
  }
  await Promise.all([sendChunks(known, pass, 'deliver'), sendUnknown()])
}

const STRATEGIES = { always, novel, never }

function closeUnseen({ job }: Pass): void {
  if (!job.signal.aborted) job.ledger.close([...job.unseen], deliveryIssue('gave_up'))
}
