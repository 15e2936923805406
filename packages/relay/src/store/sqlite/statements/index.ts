import type { Database } from '../database.ts'
import { addAttempts } from './add-attempts.ts'
import { type ContextStatements, contexts, type LinkStatements, links } from './contexts.ts'
import { dropBodies } from './drop-bodies.ts'
import { endEvents } from './end-events.ts'
import { insertAction } from './insert-action.ts'
import { insertBodies } from './insert-bodies.ts'
import { insertEvents } from './insert-events.ts'
import { insertPassage } from './insert-passage.ts'
import { insertRequest } from './insert-request.ts'
import { markStored } from './mark-stored.ts'
import { meta } from './meta.ts'
import { type OriginStatements, origins } from './origins.ts'
import { promoteDue } from './promote-due.ts'
import { reopenEvent } from './reopen-event.ts'
import { replaceBody } from './replace-body.ts'
import { requeueEnded } from './requeue-ended.ts'
import { requeueEvents } from './requeue-events.ts'
import { selectBody } from './select-body.ts'
import { selectFirst, selectStored } from './select-first.ts'
import { selectLeased } from './select-leased.ts'
import { selectPresent } from './select-present.ts'
import { selectQueue } from './select-queue.ts'
import { selectWaiting } from './select-waiting.ts'
import { type SuspicionStatements, suspicions } from './suspicions.ts'

/** Every statement that is used again and again, prepared once. */
export interface Statements {
  readonly addAttempts: ReturnType<typeof addAttempts>
  readonly contexts: ContextStatements
  readonly dropBodies: ReturnType<typeof dropBodies>
  readonly endEvents: ReturnType<typeof endEvents>
  readonly insertAction: ReturnType<typeof insertAction>
  readonly insertBodies: ReturnType<typeof insertBodies>
  readonly insertEvents: ReturnType<typeof insertEvents>
  readonly insertPassage: ReturnType<typeof insertPassage>
  readonly insertRequest: ReturnType<typeof insertRequest>
  readonly links: LinkStatements
  readonly markStored: ReturnType<typeof markStored>
  readonly meta: ReturnType<typeof meta>
  readonly origins: OriginStatements
  readonly promoteDue: ReturnType<typeof promoteDue>
  readonly replaceBody: ReturnType<typeof replaceBody>
  readonly reopenEvent: ReturnType<typeof reopenEvent>
  readonly requeueEnded: ReturnType<typeof requeueEnded>
  readonly requeueEvents: ReturnType<typeof requeueEvents>
  readonly selectBody: ReturnType<typeof selectBody>
  readonly selectFirst: ReturnType<typeof selectFirst>
  readonly selectLeased: ReturnType<typeof selectLeased>
  readonly selectPresent: ReturnType<typeof selectPresent>
  readonly selectQueue: ReturnType<typeof selectQueue>
  readonly selectStored: ReturnType<typeof selectStored>
  readonly selectWaiting: ReturnType<typeof selectWaiting>
  readonly suspicions: SuspicionStatements
}

export function prepareStatements(database: Database): Statements {
  return {
    addAttempts: addAttempts(database),
    contexts: contexts(database),
    dropBodies: dropBodies(database),
    endEvents: endEvents(database),
    insertAction: insertAction(database),
    insertBodies: insertBodies(database),
    insertEvents: insertEvents(database),
    insertPassage: insertPassage(database),
    insertRequest: insertRequest(database),
    links: links(database),
    markStored: markStored(database),
    meta: meta(database),
    origins: origins(database),
    promoteDue: promoteDue(database),
    replaceBody: replaceBody(database),
    reopenEvent: reopenEvent(database),
    requeueEnded: requeueEnded(database),
    requeueEvents: requeueEvents(database),
    selectBody: selectBody(database),
    selectFirst: selectFirst(database),
    selectLeased: selectLeased(database),
    selectPresent: selectPresent(database),
    selectQueue: selectQueue(database),
    selectStored: selectStored(database),
    selectWaiting: selectWaiting(database),
    suspicions: suspicions(database),
  }
}
