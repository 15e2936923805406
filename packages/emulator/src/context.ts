import type { Outcome, Reply, Visit } from './call.ts'
import { createRandom, drawFault, type FaultKind } from './faults.ts'
import { createJudge, type Judge } from './judge.ts'
import { type Channel, Ledger, type RequestRecord } from './ledger.ts'
import { type Behaviour, readBehaviour, type Settings } from './options.ts'

/** What all requests to one emulator share. */
export interface Context {
  readonly settings: Settings
  readonly judge: Judge
  readonly ledger: Ledger
  /** The fault of the next request, if any. */
  drawFault(): FaultKind | null
  /** Empties the ledger and starts the faults' random numbers anew. */
  reset(): void
  /** Takes other faults, from the next request on. */
  behave(behaviour: Behaviour): void
}

export function createContext(initial: Settings): Context {
  const ledger = new Ledger(initial.keep)
  let settings = initial
  let judge = createJudge(settings.contract, settings.poison)
  let random = createRandom(settings.seed)
  return {
    ledger,
    get settings() {
      return settings
    },
    get judge() {
      return judge
    },
    drawFault: () => drawFault(settings.fault, random),
    reset() {
      ledger.reset()
      random = createRandom(settings.seed)
    },
    behave(behaviour) {
      settings = { ...settings, ...readBehaviour(behaviour) }
      judge = createJudge(settings.contract, settings.poison)
    },
  }
}

/** Records a request before anything is done with it. */
export function arrive(context: Context, { call, query, id }: Visit, channel: Channel): RequestRecord {
  const record: RequestRecord = {
    id,
    at: new Date(context.settings.now()).toISOString(),
    pid: query.get('pid'),
    channel,
    status: null,
    fault: channel === 'server' ? context.drawFault() : null,
    events: null,
    validate_only: false,
    headers: [...call.headers.keys()],
  }
  context.ledger.arrive(record)
  return record
}

/** Completes the record of a request with its outcome, which is due after the latency and `extraMs`. */
export function settle({ settings, ledger }: Context, record: RequestRecord, outcome: Outcome, extraMs: number): Reply {
  record.status = outcome.kind === 'answer' ? outcome.answer.status : null
  const isRefusal = record.status !== null && record.status >= 400 && record.status < 500
  if (isRefusal && record.fault !== '429') ledger.countRejected()
  return { outcome, delayMs: settings.latencyMs + extraMs }
}
