import { MAX_AGE_MS } from 'waybill'
import { createScrub, withoutPlaces } from 'waybill/client'
import {
  type Answer,
  type GroupAnswer,
  judgeAnswer,
  mapPositions,
  retryDelayMs,
  type Verdict,
  withTidyText,
} from 'waybill/delivery'
import type { RequestRecord } from '../store/index.ts'
import type { BatchRun, Purpose } from './batch-run.ts'
import { type Context, withContext } from './context.ts'
import { holdPixel } from './hold.ts'
import type { Traveller } from './line.ts'
import type { PixelConfig } from './pixel.ts'
import { knowTime } from './time.ts'

/** Longer than a request may take, so that a lease never ends under one. */
const LEASE_SLACK_MS = 30_000

/**
 * Sends a group until its content has been judged, for as long as its window is open: no count of attempts ends an event.
 * `undefined`: the batch must end here, because the pixel was held, the lease was lost, or the engine stops.
 */
export async function exchange(
  run: BatchRun,
  group: readonly Traveller[],
  purpose: Purpose,
): Promise<GroupAnswer | undefined> {
  let counted = false
  for (let failures = 0; ; ) {
    if (!(await admit(run))) return undefined
    const positions: number[] = []
    const live = group.filter((traveller, position) => run.mayLeave(traveller) && positions.push(position) > 0)
    if (live.length === 0) {
      run.line.gate.leave()
      return { kind: 'delivered' }
    }
    const { verdict, request, leftMs } = await once(run, live, purpose)
    const delayMs = (failed: number): number => delayAfter(verdict, failed, live, run)
    const pausedForMs = run.line.gate.learn(verdict, { leftMs, delayMs })
    switch (verdict.kind) {
      case 'delivered':
      case 'refused':
      case 'too_large':
        if (verdict.kind === 'too_large') shrinkBodies(run, live)
        run.answered(request)
        return mapPositions(verdict, positions)
      case 'results':
        settleRelayed(run, live, verdict)
        run.answered(request)
        return { kind: 'delivered' }
      case 'recount':
        if (counted) {
          run.mark(live, 'count_mismatch')
          run.answered(request)
          return { kind: 'delivered' }
        }
        counted = true
        break
      case 'hold':
        run.answered(request)
        await holdPixel(run.line, verdict)
        return undefined
      case 'retry':
        failures += 1
    }
    run.answered(request)
    await run.commit()
    if (verdict.kind === 'retry' && !(await pause(run, pausedForMs ?? delayMs(failures)))) return undefined
  }
}

/** Waits for the pixel's turn, with the lease kept. The window is looked at after that, for waiting takes time. */
async function admit(run: BatchRun): Promise<boolean> {
  const { plant, gate, config } = run.line
  if (!(await knowTime(run.line)) || !(await gate.enter(plant.signal))) return false
  if (!plant.isStopping() && (await run.keepLease(config.timeoutMs + LEASE_SLACK_MS))) return true
  gate.leave()
  return false
}

/** One request; leaves the gate. */
async function once(
  run: BatchRun,
  live: readonly Traveller[],
  purpose: Purpose,
): Promise<{ verdict: Verdict; request: RequestRecord; leftMs: number }> {
  const { line } = run
  const { plant, gate, config } = line
  const atMs = plant.clock.now()
  const wires = await wiresOf(run, live)
  const leftMs = plant.runtime.monotonic()
  const answer = await line
    .post(bodyOf(run, wires, purpose), { timeoutMs: config.timeoutMs, signal: plant.signal })
    .finally(() => gate.leave())
  if (answer.kind === 'response') plant.clock.observe(answer.date)
  const verdict = withTidyText(judgeAnswer(answer, live.length, plant.clock.now()), tidierOf(config))
  const durationMs = Math.round(plant.runtime.monotonic() - leftMs)
  const request = recordOf(answer, verdict, {
    pixel: config.pixelId,
    atMs,
    durationMs,
    validateOnly: purpose === 'validate',
    rows: live.map(({ row }) => row),
  })
  plant.events.emit('request:answered', {
    pixel: config.pixelId,
    verdict: verdict.kind,
    status: request.status,
    fault: verdict.kind === 'retry' ? verdict.code : undefined,
    events: live.length,
    durationMs,
    validateOnly: request.validateOnly,
    ambiguous: request.ambiguous,
  })
  return { verdict, request, leftMs }
}

/** What the API says is kept and shown: without the key, without addresses, without places in a batch that nobody sees. */
function tidierOf({ apiKey }: PixelConfig): (text: string) => string {
  const scrub = createScrub(apiKey)
  return (text) => withoutPlaces(scrub(text))
}

/** The events as they are sent now: those with a context have it joined, as it is at this moment. */
async function wiresOf({ line }: BatchRun, live: readonly Traveller[]): Promise<readonly string[]> {
  const keys = live.flatMap(({ contexts = [] }) => contexts)
  if (keys.length === 0) return live.map(({ wire }) => wire)
  const { pixelId } = line.config
  const kept = await line.plant.store.getContexts(pixelId, keys)
  return live.map(({ wire, contexts = [] }) => {
    const key = contexts.find((one) => kept.has(one))
    return key === undefined ? wire : withContext(wire, JSON.parse(kept.get(key)!) as Context)
  })
}

function bodyOf({ line }: BatchRun, wires: readonly string[], purpose: Purpose): string {
  const { integrationSource } = line.config
  const source = integrationSource === undefined ? '' : `"integration_source":${JSON.stringify(integrationSource)},`
  return `{"validate_only":${purpose === 'validate'},${source}"events":[${wires.join()}]}`
}

type Facts = Pick<RequestRecord, 'pixel' | 'atMs' | 'durationMs' | 'validateOnly' | 'rows'>

function recordOf(answer: Answer, verdict: Verdict, facts: Facts): RequestRecord {
  const said = saidBy(verdict)
  const requestId = answer.kind === 'response' ? answer.requestId : undefined
  return {
    ...facts,
    status: answer.kind === 'response' ? answer.status : undefined,
    verdict: verdict.kind,
    ambiguous: verdict.kind === 'retry' && verdict.ambiguous,
    ...(said.code === undefined ? {} : { code: said.code }),
    ...(said.message === undefined ? {} : { message: said.message }),
    ...(requestId ? { requestId: requestId.slice(0, 200) } : {}),
  }
}

function saidBy(verdict: Verdict): { code?: string; message?: string } {
  if (verdict.kind === 'refused') return { code: verdict.reason.code, message: verdict.reason.message }
  if (verdict.kind === 'hold') return { code: verdict.code, message: verdict.message }
  if (verdict.kind === 'retry') return { message: verdict.why, ...(verdict.code && { code: verdict.code }) }
  return {}
}

function delayAfter(verdict: Verdict, failures: number, live: readonly Traveller[], { line }: BatchRun): number {
  if (verdict.kind !== 'retry') return 0
  const { clock, runtime } = line.plant
  const oldestMs = Math.min(...live.map(({ timestampMs }) => timestampMs))
  const timeLeftMs = Math.max(0, oldestMs + MAX_AGE_MS - clock.now())
  const { retryAfterMs, code } = verdict
  return retryDelayMs(failures, { retryAfterMs, timeLeftMs, random: runtime.random, isSlow: code === 'tls' })
}

/** Waits with the lease kept. False when the engine stops meanwhile, or the lease is lost. */
async function pause(run: BatchRun, delayMs: number): Promise<boolean> {
  const { plant } = run.line
  if (!(await run.keepLease(delayMs + LEASE_SLACK_MS))) return false
  await plant.runtime.sleep(delayMs, plant.pauseSignal)
  return !plant.isStopping()
}

function shrinkBodies({ line }: BatchRun, live: readonly Traveller[]): void {
  const bytes = live.reduce((sum, traveller) => sum + traveller.bytes + 1, 0)
  line.maxBodyBytes = Math.max(1_000, Math.floor(Math.min(line.maxBodyBytes, bytes) / 2))
}

/** Another relay took the events over; what it refused at its door is refused here. */
function settleRelayed(
  run: BatchRun,
  live: readonly Traveller[],
  { results }: Extract<Verdict, { kind: 'results' }>,
): void {
  const tidy = tidierOf(run.line.config)
  for (const { index, status, issues } of results) {
    const traveller = live[index]
    const said = (issues as readonly { code?: unknown; message?: unknown; severity?: unknown }[]).find(
      ({ severity }) => severity !== 'warning',
    )
    // A repeat of what the relay has is as good as taken; one with an error repeats what ended undelivered there.
    if (traveller !== undefined && (said !== undefined || status === 'refused'))
      run.refuse(traveller, tidy(String(said?.code ?? 'refused')), tidy(String(said?.message ?? '')))
  }
}
