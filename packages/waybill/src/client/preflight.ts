import { deliveryIssue } from './outcome.ts'
import type { Prepared } from './prepare.ts'
import { cut, type Pass, sendBatch, sendChunks } from './send.ts'

type Strategy = (events: readonly Prepared[], pass: Pass) => Promise<void>

/** Sends the events with as much validation by the API as the setting asks for. */
export const withPreflight: Strategy = (events, pass) => {
  const { job } = pass
  if (job.validateOnly) return sendChunks(events, pass, true)
  return STRATEGIES[job.settings.preflight](events, pass)
}

/** Trusts the local check. */
const never: Strategy = (events, pass) => sendChunks(events, pass, false)

/** Has every event validated before any is sent. */
const always: Strategy = async (events, pass) => {
  await sendChunks(events, pass, true)
  await sendChunks(remaining(events, pass), pass, false)
}

/**
 * Has one event of each new shape validated, all in one request, apart from the events whose shape is known: a faulty
 * release cannot stop the known-good flow.
 */
const novel: Strategy = async (events, pass) => {
  const { memory } = pass.job
  const known = events.filter(({ shape }) => memory.isKnown(shape))
  const unknown = events.filter(({ shape }) => !memory.isKnown(shape))
  const sendUnknown = async (): Promise<void> => {
    await validateExamples(unknown, pass)
    await sendChunks(remaining(unknown, pass), pass, false)
  }
  await Promise.all([sendChunks(known, pass, false), sendUnknown()])
}

const STRATEGIES = { always, novel, never }

function remaining(events: readonly Prepared[], { job, watch }: Pass): Prepared[] {
  return events.filter((event) => !job.ledger.isSettled(event) && !watch.isSuspect(event))
}

/** Until each shape has an example that the API would take: where one is refused, the next of its shape stands for it. */
async function validateExamples(events: readonly Prepared[], pass: Pass): Promise<void> {
  const { job } = pass
  let unproven = remaining(events, pass)
  while (unproven.length > 0) {
    const proven = await validateSome(unproven, pass)
    if (proven === undefined) {
      // Nothing goes out unseen. Where the whole send was stopped, what stopped it is the reason.
      if (!job.signal.aborted) job.ledger.close(remaining(unproven, pass), deliveryIssue('gave_up'))
      return
    }
    unproven = remaining(unproven, pass).filter(({ shape }) => !proven.has(shape))
  }
}

/** The shapes of which the API would take the first event; `undefined` when it could not be asked. */
async function validateSome(unproven: readonly Prepared[], pass: Pass): Promise<ReadonlySet<string> | undefined> {
  const examples = new Map<string, Prepared>()
  for (const event of unproven) if (!examples.has(event.shape)) examples.set(event.shape, event)
  const proven = new Set<string>()
  for (const batch of cut([...examples.values()], pass.job, true)) {
    const validated = await sendBatch(batch, pass, true, unproven)
    if (validated === undefined) return undefined
    for (const { shape } of validated) proven.add(shape)
  }
  return proven
}
