/**
 * `node --conditions=waybill-source crash/disk-full.ts [--megabytes 24]`: the real relay on a disk in memory that becomes really full
 * under load, and gets room again while it runs. Needs root on Linux, to mount; exits 1 with what does not hold.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createEmulator, type Emulator } from '@waybill/emulator'
import { startRecorder } from './recorder.ts'
import { PIXEL, type RelayProcess, startRelayProcess } from './relay-process.ts'

const EVENTS_PER_POST = 200
/** So many refusals in a row mean that the disk is full. */
const REFUSALS = 10
const WITHIN_MS = 60_000

interface Filled {
  readonly acknowledged: string[]
  /** What the last answers were, as `status Retry-After`. */
  readonly refusals: ReadonlySet<string>
}

interface Scene {
  readonly folder: string
  readonly relay: RelayProcess
  readonly emulator: Emulator
  /** Lets the API answer. */
  readonly open: () => void
  readonly say: (text: string) => void
}

/** Fills the disk while the API hangs, lets it answer, gives the disk room; what does not hold, in words. */
export async function diskFull(megabytes: number, say: (text: string) => void): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder])
  const emulator = createEmulator()
  let open: () => void = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const api = await startRecorder({ ...emulator, fetch: (url, init) => opened.then(() => emulator.fetch(url, init)) })
  try {
    const relay = await startRelayProcess({ folder, endpoint: api.url })
    try {
      return await livesThrough({ folder, relay, emulator, open, say }, megabytes)
    } finally {
      relay.process.kill('SIGKILL')
      await relay.ended
    }
  } finally {
    await api.close()
    execFileSync('umount', [folder])
    rmdirSync(folder)
  }
}

async function livesThrough({ folder, relay, emulator, open, say }: Scene, megabytes: number): Promise<string[]> {
  const problems: string[] = []
  const first = await fill(relay, 'first')
  say(`full after ${first.acknowledged.length} events; then ${[...first.refusals].join(', ')}`)
  for (const refusal of first.refusals) if (!/^503 \d+$/.test(refusal)) problems.push(`a full disk answered ${refusal}`)

  open()
  await until(() => emulator.summary().stored >= first.acknowledged.length)
  say(`${emulator.summary().stored} delivered while the disk is full`)
  if (emulator.summary().stored < first.acknowledged.length)
    problems.push('deliveries do not go on while the disk is full')

  execFileSync('mount', ['-o', `remount,size=${4 * megabytes}m`, folder])
  const second = await fill(relay, 'second', 20)
  const acknowledged = [...first.acknowledged, ...second.acknowledged]
  await until(() => emulator.summary().stored >= acknowledged.length)
  say(`${acknowledged.length} acknowledged, ${emulator.summary().stored} stored, by one process`)
  return [...problems, ...found(acknowledged, emulator)]
}

function found(acknowledged: readonly string[], emulator: Emulator): string[] {
  const stored = new Map(emulator.events().map(({ event, received }) => [event.id, received]))
  const missing = acknowledged.filter((id) => !stored.has(id))
  const doubled = [...stored.values()].filter((received) => received > 1)
  return [
    ...(missing.length > 0 ? [`${missing.length} acknowledged events were never stored`] : []),
    ...(doubled.length > 0 ? [`${doubled.length} events were stored more than once`] : []),
  ]
}

/** Posts until the disk is full, or so many posts were taken. */
async function fill({ url }: RelayProcess, prefix: string, posts: number = Number.POSITIVE_INFINITY): Promise<Filled> {
  const acknowledged: string[] = []
  const refusals: string[] = []
  for (let post = 0; post < posts && refusals.length < REFUSALS; post++) {
    const events = Array.from({ length: EVENTS_PER_POST }, (_, at) => orderEvent(`${prefix}_${post}_${at}`))
    const response = await fetch(`${url}/v1/events?pid=${PIXEL}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ events }),
    })
    await response.arrayBuffer()
    if (response.status === 200) {
      acknowledged.push(...events.map(({ id }) => id))
      refusals.length = 0
    } else refusals.push(`${response.status} ${response.headers.get('retry-after')}`)
  }
  return { acknowledged, refusals: new Set(refusals) }
}

function orderEvent(id: string): { readonly id: string } & Readonly<Record<string, unknown>> {
  return {
    id,
    type: 'order_created',
    timestamp_ms: Date.now(),
    data: { type: 'contents', amount: 100, currency: 'USD' },
  }
}

async function until(done: () => boolean): Promise<void> {
  const endMs = performance.now() + WITHIN_MS
  while (!done() && performance.now() < endMs) await sleep(20)
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { megabytes: { type: 'string', default: '24' } } })
  const problems = await diskFull(Number(values.megabytes), (text) => process.stdout.write(`${text}\n`))
  for (const problem of problems) process.stdout.write(`problem: ${problem}\n`)
  process.exitCode = problems.length > 0 ? 1 : 0
}
