import { type Answer, acceptedAnswer, errorAnswer, htmlAnswer } from './answer.ts'
import { type ReadBatch, readBatch } from './batch.ts'
import { readBody } from './body.ts'
import { answered, type Call, HANG, type Outcome, RESET, type Reply, type Visit } from './call.ts'
import { refuseKey, refusePid } from './caller.ts'
import { arrive, type Context, settle } from './context.ts'
import { EARLY_FAULTS, type FaultKind } from './faults.ts'
import type { RequestRecord, WireEvent } from './ledger.ts'
import { type BadEvent, refuseBatch } from './naming.ts'
import type { Settings } from './options.ts'

/** `POST /v1/events`: record, read, then the fault that stores nothing, or judge, store and the fault that comes after. */
export async function receiveEvents(context: Context, visit: Visit): Promise<Reply> {
  const { settings } = context
  const record = arrive(context, visit, 'server')
  const batch = await read(visit.call, settings)
  // The caller left before the end of its body: there is nobody to answer.
  if (batch === null) return { outcome: RESET, delayMs: 0 }
  note(context, record, batch)
  const outcome = earlyFault(record.fault, settings.retryAfter) ?? judged(context, visit, record, batch)
  return settle(context, record, outcome, record.fault === 'slow' ? settings.slowMs : 0)
}

async function read(call: Call, { maxBodyBytes }: Settings): Promise<ReadBatch | null> {
  try {
    const { text, refusal } = await readBody(call, maxBodyBytes)
    return refusal ? { events: null, validateOnly: false, refusal } : readBatch(text)
  } catch {
    return null
  }
}

function note({ ledger }: Context, record: RequestRecord, { events, validateOnly }: ReadBatch): void {
  record.events = events?.length ?? null
  record.validate_only = validateOnly
  if (validateOnly) ledger.countValidateOnly()
}

function judged(context: Context, { call }: Visit, record: RequestRecord, batch: ReadBatch): Outcome {
  const { settings, ledger } = context
  const { id, pid, channel, fault } = record
  const events = batch.events ?? []
  const caller = refuseKey(call.headers.get('authorization'), settings) ?? refusePid(pid, settings)
  const refusal = caller ?? batch.refusal ?? refuseEvents(context, events)
  if (refusal === null && !batch.validateOnly) ledger.store(events as WireEvent[], { id, pid: pid ?? '', channel })
  return lateFault(fault, refusal, events.length)
}

function refuseEvents({ judge, settings }: Context, events: readonly unknown[]): Answer | null {
  const nowMs = settings.now()
  const bad: BadEvent[] = []
  for (const [index, event] of events.entries()) {
    const errors = judge(event, nowMs)
    if (errors.length > 0) bad.push({ index, errors })
  }
  const [first, ...rest] = bad
  return first === undefined ? null : refuseBatch([first, ...rest], events.length, settings.errors)
}

function earlyFault(fault: FaultKind | null, retryAfter: string | null): Outcome | null {
  if (fault === null || !EARLY_FAULTS.has(fault)) return null
  if (fault === 'timeout') return HANG
  return fault === 'reset' ? RESET : answered(faultAnswer(fault, retryAfter))
}

function faultAnswer(fault: FaultKind, retryAfter: string | null): Answer {
  const isLimit = fault === '429'
  const answer = errorAnswer(Number(fault), {
    message: isLimit ? 'Too many requests.' : 'The server had an error.',
    type: isLimit ? 'rate_limit_error' : 'server_error',
  })
  if (retryAfter === null || fault === '500') return answer
  return { ...answer, headers: { ...answer.headers, 'retry-after': retryAfter } }
}

function lateFault(fault: FaultKind | null, refusal: Answer | null, sent: number): Outcome {
  if (fault === 'lost') return RESET
  if (fault === 'html200') return answered(htmlAnswer())
  const accepted = fault === 'short' ? Math.max(0, sent - 1) : sent
  return answered(refusal ?? acceptedAnswer(accepted))
}
