import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Outcome } from './outcome.ts'
import { type Between, brokenPromises, order, orders, poison, type Setup, setUp } from './scenario.cases.ts'

const COUNT = 60
const BAD = [7, 31, 32]
const BAD_IDS = new Set(BAD.map((index) => `order_${index}`))
const EMAIL = 'Ada@Example.com'

interface Sabotage extends Setup {
  /** The last place where an account can go wrong. */
  readonly tamper?: (outcomes: Outcome[]) => Outcome[]
}

async function audit({
  tamper = (outcomes) => outcomes,
  emulator,
  client,
  ...setup
}: Sabotage = {}): Promise<string[]> {
  const scenario = setUp({
    emulator: { poison: poison(BAD), errors: 'none', ...emulator },
    client: { preflight: 'never', maxBodyBytes: 4_000, ...client },
    ...setup,
  })
  const events = orders(COUNT)
  const friendly = {
    ...order(99),
    timestamp: new Date(order(99).timestamp_ms),
    user: { email: EMAIL },
    data: { amount: '1.99', currency: 'USD' },
  }
  const { timestamp_ms: _wire, ...last } = friendly
  const outcomes = tamper(await scenario.client.send([...events, last as never]))
  return brokenPromises(scenario, [...events, order(99)], outcomes, {
    bad: BAD_IDS,
    secrets: [EMAIL, 'ada@example.com'],
  })
}

const asJson = (value: unknown, status: number = 200): Response =>
  new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } })

const rewriting =
  (change: (text: string, request: number) => string): Between =>
  (send) => {
    let requests = 0
    return (input, init) => {
      requests += 1
      return send(input, { ...init, body: change(String(init?.body), requests) })
    }
  }

/** Answers what `change` makes of the real answer. */
const misreading =
  (change: (response: Response, events: number) => Response): Between =>
  (send) =>
  async (input, init) => {
    const { events } = JSON.parse(String(init?.body)) as { events: unknown[] }
    return change(await send(input, init), events.length)
  }

describe('a send keeps its promises', () => {
  const SETUPS: readonly (readonly [string, Setup])[] = [
    ['when the API names nobody', {}],
    ['when the API names all', { emulator: { errors: 'all' } }],
    ['when the API names the first', { emulator: { errors: 'first' } }],
    ['when the API names the wrong ones', { emulator: { errors: 'wrong' } }],
    ['with a preflight of new shapes', { client: { preflight: 'novel' } }],
    ['with a preflight of everything', { client: { preflight: 'always' } }],
    ['one request at a time', { client: { concurrency: 1 } }],
    ['when answers are lost', { emulator: { fault: { lost: 0.2 } } }],
    ['when answers are web pages', { emulator: { fault: { html200: 0.2 } } }],
    ['when the API is limited and broken', { emulator: { fault: { 429: 0.1, 500: 0.1, 503: 0.1 }, retryAfter: 2 } }],
  ]
  for (const [title, setup] of SETUPS) {
    it(title, async () => assert.deepEqual(await audit(setup), []))
  }
})

describe('the alarm rings when a promise is broken on purpose:', () => {
  const rings = (promise: string, found: readonly string[]): void =>
    assert.ok(
      found.some((words) => words.startsWith(promise)),
      `nothing about ${promise} in ${JSON.stringify(found.slice(0, 3))}`,
    )

  it('2, by an outcome for a whole request instead of one for each event', async () => {
    const tamper = (outcomes: Outcome[]): Outcome[] =>
      outcomes.map((outcome, index) => ({
        ...outcome,
        ...(index < 30 && { status: 'refused', issues: outcomes[7]!.issues }),
      }))
    rings('2', await audit({ tamper }))
  })

  it('3, by a new id for a retry', async () => {
    const between = rewriting((text, request) =>
      request === 1 ? text : text.replaceAll('"id":"order_', '"id":"retry_'),
    )
    rings('3', await audit({ between, emulator: { fault: { lost: 0.3 } } }))
  })

  it('4, by a clock that is read too early', async () => {
    const scenario = setUp({ client: { preflight: 'never' } })
    const late = scenario.runtime.now() + 8 * 24 * 3_600_000
    const outcomes = await scenario.client.send(orders(1))
    const requests = scenario.requests.map((request) => ({ ...request, atMs: late }))
    rings('4', brokenPromises({ ...scenario, requests }, orders(1), outcomes))
  })

  it('5, by an address that was not hashed', async () => {
    const tamper = (outcomes: Outcome[]): Outcome[] =>
      outcomes.map((outcome) => ({
        ...outcome,
        issues: [{ code: 'x', path: '', message: EMAIL, severity: 'warning' }],
      }))
    rings('5', await audit({ tamper }))
  })

  it('6, by a 500 that is read as a refusal', async () => {
    const between = misreading((response) =>
      response.status === 500 ? asJson({ error: { message: 'no', param: 'events[0]', code: 'x' } }, 400) : response,
    )
    rings('6', await audit({ between, emulator: { fault: { 500: 0.6 } } }))
  })

  it('7, by a web page that is read as delivered', async () => {
    const between = misreading((response, events) =>
      response.headers.get('content-type')?.startsWith('text/html') ? asJson({ accepted_events: events }) : response,
    )
    rings('7', await audit({ between, emulator: { fault: { html200: 0.6 } } }))
  })

  it('7, by an outcome that is lost', async () => rings('7', await audit({ tamper: (outcomes) => outcomes.slice(1) })))

  it('7, by outcomes in another order', async () =>
    rings('7', await audit({ tamper: (outcomes) => outcomes.reverse() })))
})
