import { type Answer, gifAnswer } from './answer.ts'
import { answered, type Reply, type Visit } from './call.ts'
import { refusePid } from './caller.ts'
import { arrive, type Context, settle } from './context.ts'
import { readTag, refuseTag, serverOnlyErrors } from './image-tag.ts'
import type { RequestRecord, WireEvent } from './ledger.ts'

/** `GET /v1/sdk/events`: one event of this moment, from the query. Faults do not touch it. */
export function receiveImage(context: Context, visit: Visit): Reply {
  const record = arrive(context, visit, 'image')
  const answer = refusePid(record.pid, context.settings) ?? takeTag(context, visit, record)
  return settle(context, record, answered(answer), 0)
}

function takeTag({ settings, judge, ledger }: Context, { query }: Visit, record: RequestRecord): Answer {
  const nowMs = settings.now()
  const tag = readTag(query, nowMs)
  if (tag.event === null) return tag.refusal
  record.events = 1
  // Judged before its action_source is known: an image tag has no source_url, which the contract demands of web events.
  const errors = [...judge(tag.event, nowMs), ...serverOnlyErrors(tag.event)]
  if (errors.length > 0) return refuseTag(errors)
  const event: WireEvent = { ...tag.event, action_source: 'web' }
  ledger.store([event], { id: record.id, pid: record.pid ?? '', channel: record.channel })
  return gifAnswer()
}
