import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { test } from 'node:test'
import { PIXEL as PROCESS_PIXEL, startRelayProcess } from '../../../../crash/relay-process.ts'
import { tempFolder } from '../files/files.helpers.ts'
import { deferred, orders, PIXEL, startApi, startRelay } from './service.helpers.ts'

const BOUND = 2_000
const CLIENTS = 20
const BATCH = 100

/**
 * - the API hangs; clients bring ten times what may wait
 * - 429 with Retry-After as soon as so much waits, and no more is kept than that and what was under way just then
 * - when the API answers, intake goes on; everything that was acknowledged is delivered, once
 */
test('ten times what may wait: 429 at the bound, and intake goes on as soon as the queue has room', async (context) => {
  const answering = deferred<void>()
  const relay = await startRelay(context, {
    env: { WAYBILL_PREFLIGHT: 'never' },
    file: { maxQueuedEvents: BOUND, pixels: [{ pixelId: PIXEL }] },
    fetch: async (input, init) => {
      await answering.promise
      return fetch(input, init)
    },
  })
  const acknowledged: string[] = []
  let refusals = 0
  const client = async (number: number): Promise<void> => {
    for (let batch = 0; batch < (10 * BOUND) / BATCH / CLIENTS; batch++) {
      const events = orders(BATCH, `c${number}_${batch}`)
      const { status, headers } = await relay.bring(events)
      if (status === 200) acknowledged.push(...events.map(({ id }) => id))
      else {
        assert.equal(status, 429)
        assert.ok(Number(headers.get('retry-after')) > 0)
        refusals += 1
      }
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)))
  const { accepted, queued, sending } = await relay.store.counts()
  assert.equal(accepted, acknowledged.length, 'nothing of a refused request was kept')
  assert.ok(queued + sending >= BOUND && queued + sending <= BOUND + CLIENTS * BATCH, `${queued + sending} wait`)
  assert.ok(refusals > 0)

  const delivered = relay.next('event:delivered', acknowledged.length)
  answering.resolve()
  await delivered
  // What waits is counted anew every now and then.
  while ((await relay.bring(orders(1, 'afterwards'))).status === 429) await new Promise(setImmediate)
  const stored = relay.api.emulator.events().filter(({ event }) => !event.id.startsWith('afterwards'))
  assert.deepEqual(stored.map(({ event }) => event.id).sort(), acknowledged.sort())
  assert.ok(stored.every(({ received }) => received === 1))
})

const MEGABYTE = 1_000_000
const BODIES = 100
/**
 * On top of what the process takes when it has started: 145 MB as it is published, 60 MB more from the sources. Of the gigabyte one to
 * three bodies are taken in, as the machine brings them, and each that follows another leaves some 50 MB that is not collected yet.
 */
const MAX_GROWTH_MB = 300
/** Only Linux says how large a process was at its largest. */
const skip = process.platform === 'linux' ? false : 'nobody says how large a process was at its largest'

/**
 * - a hundred bodies of nearly 10 MB come in at once, a gigabyte in all
 * - some are taken, the others are ended with 503 while they come; the process grows by less than 300 MB throughout
 */
test('a flood of large bodies is ended before it fills the memory', { skip }, async (context) => {
  const api = await startApi(context, { keep: 'count' })
  const relay = await startRelayProcess({ folder: tempFolder(context), endpoint: api.url })
  context.after(() => relay.process.kill('SIGKILL'))
  const events = orders(1_000).map((event) => ({ ...event, oppref: 'x'.repeat(9_400) }))
  const body = Buffer.from(JSON.stringify({ events }))
  assert.ok(body.length > 9 * MEGABYTE && body.length < 10 * MEGABYTE)
  const startMb = peakOf(relay.process.pid)
  const statuses = await Promise.all(
    Array.from({ length: BODIES }, () => post(`${relay.url}/v1/events?pid=${PROCESS_PIXEL}`, body)),
  )
  const count = (status: number): number => statuses.filter((one) => one === status).length
  assert.ok(count(200) > 0, statuses.join(' '))
  assert.equal(count(200) + count(503), BODIES, statuses.join(' '))
  AGENT.destroy()
  const grownMb = peakOf(relay.process.pid) - startMb
  assert.ok(grownMb < MAX_GROWTH_MB, `grown by ${grownMb} MB; ${count(200)} bodies were taken`)
  assert.equal((await fetch(`${relay.url}/healthz`)).status, 200)
})

test('the relay starts over with a bounded young generation, as the same process and with what it was given', {
  skip,
}, async (context) => {
  const api = await startApi(context, { keep: 'count' })
  const relay = await startRelayProcess({ folder: tempFolder(context), endpoint: api.url })
  context.after(() => relay.process.kill('SIGKILL'))
  const [, most, least, ...rest] = readFileSync(`/proc/${relay.process.pid}/cmdline`, 'utf8').split('\0')
  assert.deepEqual([most, least], ['--max-semi-space-size=16', '--min-semi-space-size=16'])
  assert.equal(rest[0], '--conditions=waybill-source')
  assert.deepEqual(rest.slice(-2), ['serve', ''])
})

/** Keeps its connections open, as clients do: then the answer comes through although the body is not wanted. */
const AGENT = new Agent({ keepAlive: true })

/** The status of the answer, which may come before all of the body has gone. */
function post(url: string, body: Buffer): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    let status: number | undefined
    const sending = request(url, {
      method: 'POST',
      agent: AGENT,
      headers: { 'content-type': 'application/json', 'content-length': body.length },
    })
    sending.on('response', (response) => {
      status = response.statusCode
      response.resume()
      response.on('end', () => resolve(status))
    })
    sending.on('error', (error) => (status === undefined ? reject(error) : resolve(status)))
    sending.end(body)
  })
}

/** The most that was resident of a process, in megabytes. */
function peakOf(pid: number | undefined): number {
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1_000
}
