import { PIXEL, type Relay } from './service.helpers.ts'

/** Brings events to a pixel that is held, and sets them apart as the API's refusal would; gives their rows. */
export async function suspect(relay: Relay, events: readonly object[]): Promise<number[]> {
  await relay.store.holdPixel(PIXEL, { code: 'held', message: 'for a test', atMs: 1, by: 'test' })
  await relay.bring(events)
  const nowMs = Date.now()
  const query = { pixel: PIXEL, limit: events.length, nowMs, leaseMs: 60_000, probe: {} }
  const lease = await relay.store.lease(query)
  if (lease === undefined) throw new Error('Nothing could be leased.')
  const rows = lease.events.map(({ row }) => row).sort((a, b) => a - b)
  const suspicion = {
    kind: 'refused',
    times: 1,
    firstMs: 5,
    code: 'invalid_event',
    message: 'It was refused once.',
  } as const
  await relay.store.settle({
    token: lease.token,
    settlements: [{ to: 'queued', rows, dueMs: nowMs + 3_600_000, suspicion }],
    nowMs,
  })
  return rows
}
