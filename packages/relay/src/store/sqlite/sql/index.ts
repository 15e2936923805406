import type { Database } from '../database.ts'
import { type AccountStatements, accountStatements } from './account.ts'
import { type ArrivalStatements, arrivalStatements } from './arrival.ts'
import { type BodyStatements, bodyStatements } from './body.ts'
import { type ContextStatements, contextStatements, type LinkStatements, linkStatements } from './context.ts'
import { type DeliveryStatements, deliveryStatements } from './delivery.ts'
import { type EventStatements, eventStatements } from './event.ts'
import { type FixedStatements, fixedStatements } from './fixed.ts'
import { type MarkStatements, markStatements } from './mark.ts'
import { type MetaStatements, metaStatements } from './meta.ts'
import { type OriginStatements, originStatements } from './origin.ts'
import { type PixelRowStatements, pixelRowStatements } from './pixel-rows.ts'
import { type QueueStatements, queueStatements } from './queue.ts'
import { type RequestStatements, requestStatements } from './request.ts'
import { type SessionStatements, sessionStatements } from './session.ts'
import { type SuspicionStatements, suspicionStatements } from './suspicion.ts'
import { type TaskStatements, taskStatements } from './task.ts'

/** Every statement that is used again and again, prepared once. */
export interface Statements {
  readonly account: AccountStatements
  readonly arrival: ArrivalStatements
  readonly body: BodyStatements
  readonly context: ContextStatements
  readonly delivery: DeliveryStatements
  readonly event: EventStatements
  readonly link: LinkStatements
  readonly mark: MarkStatements
  readonly fixed: FixedStatements
  readonly meta: MetaStatements
  readonly origin: OriginStatements
  readonly pixelRows: PixelRowStatements
  readonly queue: QueueStatements
  readonly request: RequestStatements
  readonly session: SessionStatements
  readonly suspicion: SuspicionStatements
  readonly task: TaskStatements
}

export function prepareStatements(database: Database): Statements {
  return {
    account: accountStatements(database),
    arrival: arrivalStatements(database),
    body: bodyStatements(database),
    context: contextStatements(database),
    delivery: deliveryStatements(database),
    event: eventStatements(database),
    link: linkStatements(database),
    mark: markStatements(database),
    fixed: fixedStatements(database),
    meta: metaStatements(database),
    origin: originStatements(database),
    pixelRows: pixelRowStatements(database),
    queue: queueStatements(database),
    request: requestStatements(database),
    session: sessionStatements(database),
    suspicion: suspicionStatements(database),
    task: taskStatements(database),
  }
}
