/** Integrations that are in use pass a relay of the default settings as they are, to accounts of either generation. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PIXEL, startRelay } from '../service/service.helpers.ts'
import { SENDERS } from './senders.cases.ts'

interface Stored {
  readonly user?: object
  readonly data: object
}

for (const contract of ['2026-06', '2026-11'] as const) {
  test(`what integrations send is delivered to an account that reads ${contract}`, async (context) => {
    const relay = await startRelay(context, { emulator: { contract } })
    const delivered = relay.next('event:delivered', SENDERS.length)
    for (const { sender, body } of SENDERS) {
      const sent = JSON.stringify(body(Date.now() - 60_000))
      const { status, json } = await relay.ask(`/v1/events?pid=${PIXEL}`, { method: 'POST', body: sent })
      assert.deepEqual([status, json.accepted_events], [200, 1], `${sender}: ${JSON.stringify(json)}`)
    }
    await delivered
    const stored = new Map(relay.api.emulator.events().map(({ event }) => [event['id'], event as unknown as Stored]))
    for (const { sender, body, user } of SENDERS) {
      const [sent] = body(0).events as readonly { id: string; data: object }[]
      const { user: reached = {}, data } = stored.get(sent!.id)!
      if (contract === '2026-06') assert.deepEqual(reached, user, sender)
      else assert.ok(Object.keys(reached).length >= Object.keys(user).length, sender)
      assert.deepEqual({ ...data, currency: '' }, { ...sent!.data, currency: '' }, sender)
    }
  })
}
