export { type Conversion, type Enqueued, type EnqueueOptions, enqueue, enqueueMany } from './enqueue.ts'
export { type KeptAs, MAX_EVENT_BYTES, MAX_OPENS, type OutboxRules, outboxRules } from './rules.ts'
export type { Queryable, Transaction } from './transaction.ts'
