import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { type ClientOptions, DEFAULT_ENDPOINT } from 'waybill'
import { systemRuntime } from '../engine/index.ts'
import {
  findingsOf,
  type Input,
  type Mapping,
  mapOfPlan,
  parseMapping,
  planColumns,
  REPORT_COLUMNS,
  Repeats,
  type Survey,
} from '../files/index.ts'
import type { Store } from '../store/index.ts'
import { createDurableSender } from '../upload/durable-sender.ts'
import { ruleOf } from '../upload/run-rule.ts'
import { RunState } from '../upload/run-state.ts'
import type { Sender } from '../upload/sender.ts'
import { knowingStore, SentBook } from '../upload/sent-book/index.ts'
import { statePath } from '../upload/state-file.ts'
import type { FileOptions } from './file-options.ts'
import type { Io } from './io.ts'
import type { Target } from './run.ts'

export interface TargetOptions extends FileOptions {
  readonly state?: string
  readonly fresh?: boolean
  readonly sameIds?: boolean
}

/** Those of the client; the rate bounds nothing but a fault, since a request carries up to 1,000 events. */
const LIMITS = { timeoutMs: 30_000, maxBodyBytes: 4_000_000, concurrency: 4, maxRequestsPerSecond: 1_000 }
/** Of what the first reading finds: what an older one found is looked for again. */
const VERSION = 2

/** The relay's engine on a state of the file's own, so that a later run goes on where this one ends, however it ends. */
export async function createTarget(
  input: Input,
  mapping: Mapping | undefined,
  settings: ClientOptions,
  options: TargetOptions,
  io: Io,
): Promise<Target> {
  const { pixelId, endpoint = DEFAULT_ENDPOINT } = settings
  const path = options.state ?? (await stateOfRefused(input)) ?? statePath(input.path, io.env)
  const state = new RunState(path, {
    endpoint,
    pixelId,
    fresh: options.fresh === true,
    sameIds: options.sameIds === true,
  })
  const given = createHash('sha256')
    .update(
      JSON.stringify([
        VERSION,
        mapping === undefined ? null : readable(mapping),
        options.timeZone,
        options.contract,
        options.encoding,
        options.sheet,
      ]),
    )
    .digest('hex')
  return {
    state: path,
    async kept() {
      await state.openKept()
      try {
        return await keptSurvey(state, given, input, mapping, options)
      } finally {
        await state.close()
      }
    },
    async check(survey) {
      await state.openKept()
      try {
        await state.requireSameRule(ruleOf(survey.plan))
      } finally {
        await state.close()
      }
    },
    async open(survey) {
      const account = await state.begin(ruleOf(survey.plan))
      const store = await state.store()
      // A digest of all of the file takes a while, and what it is for is asked by the next run.
      const keeping = keep(state, given, input, survey)
      keeping.catch(() => {})
      return openSender({ store, account, keeping }, settings, io)
    },
  }
}

interface Kept {
  readonly store: Store
  readonly account: string
  /** What the first reading found is being kept. */
  readonly keeping: Promise<void>
}

async function openSender({ store, account, keeping }: Kept, settings: ClientOptions, io: Io): Promise<Sender> {
  const book = await SentBook.open(store, account)
  return createDurableSender({
    store: knowingStore(store, book),
    book,
    beside: keeping,
    pixel: { ...pixelOf(settings), pixelId: account },
    now: io.now,
    source: 'file',
    runtime: { ...systemRuntime, ...io.runtime },
    fetch: settings.fetch ?? fetch,
  })
}

function pixelOf({
  pixelId,
  apiKey,
  endpoint = DEFAULT_ENDPOINT,
  allowHttp,
  contract = '2026-06',
  preflight = 'novel',
}: ClientOptions) {
  return { pid: pixelId, apiKey, endpoint, allowHttp, contract, preflight, ...LIMITS }
}

/** The state that the rows of a refused file name: what was delivered of their file counts for them too. */
async function stateOfRefused(input: Input): Promise<string | undefined> {
  const file = await input.open()
  try {
    const places = REPORT_COLUMNS.map((name) =>
      (file.columns ?? []).findIndex((column) => column.toLowerCase() === name),
    )
    if (file.columns !== undefined && places.includes(-1)) return undefined
    for await (const rows of file.rows) {
      for (const { cells, run } of rows) {
        const named = run ?? cells?.[places.at(-1)!] ?? ''
        if (named !== '') return named
      }
      if (rows.length > 0) return undefined
    }
    return undefined
  } finally {
    await file.close()
  }
}

async function keptSurvey(
  state: RunState,
  given: string,
  input: Input,
  mapping: Mapping | undefined,
  { timeZone, contract }: FileOptions,
): Promise<Survey | undefined> {
  if (input.path === '-') return undefined
  const stats = statSync(input.path, { throwIfNoEntry: false })
  if (stats === undefined) return undefined
  const kept = await state.kept(given, input.stamp, { size: stats.size, modifiedMs: stats.mtimeMs })
  if (kept === undefined) return undefined
  const own = parseMapping(kept.map)
  return {
    plan: planColumns(kept.columns, { mapping: own, timeZone, contract, fileZone: kept.fileZone, isComplete: true }),
    mapping: own,
    isMapped: mapping !== undefined,
    known: undefined,
    rows: 0,
    wholeEvents: 0,
    leftOut: new Map(),
    repeats: Repeats.kept(kept.repeats),
    statuses: [],
    ...findingsOf(kept),
    ordersWithoutAmount: 0,
    doubts: [],
    absent: [],
    notes: ['the file is unchanged since an earlier run, whose judgement is used'],
    first: [],
    isKept: true,
  }
}

async function keep(state: RunState, given: string, input: Input, survey: Survey): Promise<void> {
  const stamp = survey.isKept === true || survey.fault !== undefined ? undefined : await input.stamp()
  if (stamp === undefined) return
  const { plan, mapping, repeats, fileZone } = survey
  await state.keep({
    stamp,
    given,
    map: mapOfPlan(plan, mapping),
    columns: plan.columns,
    repeats: repeats.entries(),
    ...findingsOf(survey),
    ...(fileZone === undefined ? {} : { fileZone }),
  })
}

/** A map as it can be written down. */
function readable(mapping: Mapping): unknown {
  return { ...mapping, values: [...mapping.values].map(([slot, { written }]) => [slot, written]) }
}
