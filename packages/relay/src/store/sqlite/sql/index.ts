import type { Database } from '../database.ts'
import { type AccountStatements, accountStatements } from './account.ts'
import { type BodyStatements, bodyStatements } from './body.ts'
import { type ContextStatements, contextStatements, type LinkStatements, linkStatements } from './context.ts'
import { type EventStatements, eventStatements } from './event.ts'
import { type MetaStatements, metaStatements } from './meta.ts'
import { type OriginStatements, originStatements } from './origin.ts'
import { type QueueStatements, queueStatements } from './queue.ts'
import { type RequestStatements, requestStatements } from './request.ts'
import { type SuspicionStatements, suspicionStatements } from './suspicion.ts'

/** Every statement that is used again and again, prepared once. */
export interface Statements {
  readonly account: AccountStatements
  readonly body: BodyStatements
  readonly context: ContextStatements
  readonly event: EventStatements
  readonly link: LinkStatements
  readonly meta: MetaStatements
  readonly origin: OriginStatements
  readonly queue: QueueStatements
  readonly request: RequestStatements
  readonly suspicion: SuspicionStatements
}

export function prepareStatements(database: Database): Statements {
  return {
    account: accountStatements(database),
    body: bodyStatements(database),
    context: contextStatements(database),
    event: eventStatements(database),
    link: linkStatements(database),
    meta: metaStatements(database),
    origin: originStatements(database),
    queue: queueStatements(database),
    request: requestStatements(database),
    suspicion: suspicionStatements(database),
  }
}
