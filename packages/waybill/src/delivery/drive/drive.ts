import type { PlanContext } from '../batch.ts'
import { planBatch, planSuspects } from '../plan.ts'
import type { Plan, Question, Reply } from '../question.ts'
import { askCanary, askNames } from './canaries.ts'
import { exchange } from './exchange.ts'
import type { Carried, DrivePort, Purpose } from './port.ts'

/** How a batch is driven. */
export interface DriveOptions<Item> {
  /** What the request is for. */
  readonly purpose: Purpose
  /** Events that may be tried when a whole shape seems to fail. Default: the batch. */
  readonly reserve?: readonly Item[]
  /** They were suspected in an earlier batch: each is asked by itself. */
  readonly areSuspects?: boolean
}

/** What came of a batch. */
export interface Driven<Item> {
  /** False when it ended early: its pixel was held, nothing may be sent any more, or nobody waits for it. */
  readonly isWhole: boolean
  /** What the API would take, where it was only asked. */
  readonly validated: ReadonlySet<Item>
}

/** Drives the plan of one batch: the next question out, its answer in, what is certain committed before the next goes out. */
export async function drive<Item extends Carried>(
  port: DrivePort<Item>,
  batch: readonly Item[],
  { purpose, reserve, areSuspects = false }: DriveOptions<Item>,
): Promise<Driven<Item>> {
  const validated = new Set<Item>()
  const own = { ...port.context(purpose), ...(reserve !== undefined && { reserve }) }
  const context = purpose === 'deliver' || port.endsValidated ? own : keeping(validated, own)
  const plan: Plan<Item> = areSuspects ? planSuspects(batch, context) : planBatch(batch, context)
  for (let step = plan.next(); !step.done; ) {
    const reply = await answerTo(port, step.value, purpose)
    if (reply === undefined) return { isWhole: false, validated }
    step = plan.next(reply)
    await port.commit()
  }
  await port.commit()
  return { isWhole: true, validated }
}

/** What was only validated has no end yet: it is sent for real later. */
function keeping<Item>(validated: Set<Item>, context: PlanContext<Item>): PlanContext<Item> {
  return {
    ...context,
    isSettled: (item) => validated.has(item) || context.isSettled(item),
    settle(item, settlement) {
      if (settlement.kind === 'delivered') validated.add(item)
      else context.settle(item, settlement)
    },
  }
}

function answerTo<Item extends Carried>(
  port: DrivePort<Item>,
  question: Question<Item>,
  purpose: Purpose,
): Promise<Reply<Item> | undefined> {
  switch (question.ask) {
    case 'events':
      return exchange(port, question.group, purpose, question.isSplit)
    case 'canary':
      return askCanary(port, question)
    case 'names':
      return askNames(port, question.named)
  }
}
