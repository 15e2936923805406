/** What each way of delivery does at its end, and when it has done so. */
import { setTimeout as sleep } from 'node:timers/promises'
import { bodyOf } from '../relay/events.ts'
import { PIXEL } from '../relay/processes.ts'

/** Sends events in one request, as a worker does. `endpoint`: base URL of the API. */
export async function post(endpoint: string, events: readonly string[]): Promise<void> {
  const headers = { authorization: 'Bearer bench-key', 'content-type': 'application/json' }
  const url = `${endpoint}/v1/events?pid=${PIXEL}`
  const response = await fetch(url, { method: 'POST', headers, body: bodyOf(events) })
  await response.text()
  if (response.status !== 200) throw new Error(`the API answered ${response.status}`)
}

/** Events a second from the first that is brought to the last that the API stored. */
export async function untilStored(endpoint: string, events: number, bring: () => Promise<unknown>): Promise<number> {
  const before = await stored(endpoint)
  const startedMs = performance.now()
  const bringing = bring()
  while ((await stored(endpoint)) - before < events) await sleep(20)
  await bringing
  return events / ((performance.now() - startedMs) / 1_000)
}

async function stored(endpoint: string): Promise<number> {
  return ((await (await fetch(`${endpoint}/_emulator/summary`)).json()) as { stored: number }).stored
}

/** As the documentation of graphile-worker advises for many small jobs. */
export const GRAPHILE_PRESET = {
  worker: { concurrentJobs: 16, localQueue: { size: 500 }, completeJobBatchDelay: 0 },
} as const
/** Of pg-boss: fetching on while batches are full. */
export const BOSS_WORK = { pollingIntervalSeconds: 0.5, burstWhenBatchFull: true } as const
