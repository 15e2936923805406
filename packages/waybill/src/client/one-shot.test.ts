import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Between, isOurs, orders, poison, setUp } from './scenario.cases.ts'

const isCanaryAlone = (body: unknown): boolean => {
  const { events } = JSON.parse(String(body)) as { events: { id: string }[] }
  return events.every((event) => !isOurs(event as never))
}
/** Answers canaries that go alone by itself. */
const canariesGet =
  (answer: () => Response): Between =>
  (send) =>
  async (url, init) =>
    isCanaryAlone(init?.body) ? answer() : send(url, init)

describe('one bad event alone, in a call that has one chance only', () => {
  for (const errors of ['all', 'none'] as const)
    it(`takes three requests: a refusal, a canary that passes, and the second refusal (names: ${errors})`, async () => {
      const { client, requests } = setUp({ client: { preflight: 'never' }, emulator: { poison: poison([0]), errors } })
      const [outcome] = await client.send(orders(1))
      assert.equal(outcome?.status, 'refused')
      const asked = requests.map(({ validateOnly, events }) => [validateOnly, events.length, events.every(isOurs)])
      const [sent, canary] = [
        [false, 1, true],
        [true, 1, false],
      ]
      assert.deepEqual(asked, [sent, canary, sent])
    })

  it('has failed and is not refused where nothing tells whether the API judges, and is asked again by the next call', async () => {
    let isAway = true
    const away = canariesGet(() => new Response('', { status: 503 }))
    const between: Between = (send) => (url, init) => (isAway ? away(send)(url, init) : send(url, init))
    const { client } = setUp({
      between,
      client: { preflight: 'never' },
      emulator: { poison: poison([0]), errors: 'none' },
    })
    const [outcome] = await client.send(orders(1))
    assert.equal(outcome?.status, 'failed', JSON.stringify(outcome?.issues))
    isAway = false
    const [again] = await client.send(orders(1))
    assert.equal(again?.status, 'refused')
  })
})

it("preflight: 'never' leaves out the preflight and not the canary; canary: false leaves that out", async () => {
  const emulator = { poison: poison([0]), errors: 'none' } as const
  const withCanary = setUp({ emulator, client: { preflight: 'never' } })
  await withCanary.client.send(orders(1))
  assert.equal(withCanary.requests.filter(({ events }) => !events.some(isOurs)).length, 1)
  const without = setUp({ emulator, client: { preflight: 'never', canary: false } })
  const [outcome] = await without.client.send(orders(1))
  assert.ok(without.requests.every(({ events }) => events.every(isOurs)))
  assert.equal(outcome?.status, 'failed')
})

it('in a call that only validates nothing is final: the first answer is told', async () => {
  const { client, requests } = setUp({ emulator: { poison: poison([0]), errors: 'none' } })
  const [outcome] = await client.send(orders(1), { validateOnly: true })
  assert.deepEqual([outcome?.status, requests.length], ['refused', 1])
})
