/** Examples of docs/sdk.md: the client, its options, outcomes and errors. Each region is one example; a test runs them. */
import assert from 'node:assert/strict'
import { createEmulator } from '@waybill/emulator'
import {
  type AccountContract,
  type AccountContractOptions,
  type Client,
  type ClientOptions,
  ConfigError,
  createAccountContract,
  createClient,
  createPost,
  createScrub,
  DEFAULT_ENDPOINT,
  errorText,
  eventsUrl,
  type FriendlyEvent,
  isConfigError,
  isMoneyError,
  isPrivateAddress,
  isWaybillError,
  type Logger,
  MoneyError,
  type MoneyFault,
  money,
  type Outcome,
  type OutcomeStatus,
  type Post,
  type PostOptions,
  type Preflight,
  type Runtime,
  requireCheckedTls,
  type SendOptions,
  systemRuntime,
  type TrackOptions,
  USER_AGENT,
  VERSION,
  type Verification,
  WaybillError,
  withoutPlaces,
} from 'waybill'

const emulator = createEmulator({ poison: '^bad_' })
const order = (id: string): FriendlyEvent => ({
  id,
  type: 'order_created',
  timestamp: new Date(),
  data: { amount: '25.99', currency: 'USD' },
})

// #region createClient, Client, SendOptions, Outcome, OutcomeStatus
{
  const client: Client = createClient({ pixelId: 'px_1', apiKey: 'any-key', fetch: emulator.fetch })
  const outcomes: Outcome[] = await client.send([order('good_1'), order('bad_1'), { ...order('wrong_1'), id: '' }])
  const statuses: OutcomeStatus[] = outcomes.map(({ status }) => status)
  assert.deepEqual(statuses, ['delivered', 'refused', 'refused'])
  assert.deepEqual(
    outcomes[1]?.issues.map(({ code }) => code),
    ['event_rejected'],
  )

  // Checked by the API, stored nowhere.
  const options: SendOptions = { validateOnly: true, signal: AbortSignal.timeout(30_000) }
  const [validated] = await client.send([order('good_2')], options)
  assert.equal(validated?.status, 'validated')
  await client.close()
}
// #endregion

// #region delivered
{
  const client = createClient({ pixelId: 'px_1', apiKey: 'any-key', fetch: emulator.fetch })
  const [outcome] = await client.send([order('delivered_1')])
  assert.deepEqual(outcome, { index: 0, id: 'delivered_1', status: 'delivered', issues: [], attempts: 1 })
}
// #endregion

// #region validated
{
  const client = createClient({ pixelId: 'px_1', apiKey: 'any-key', fetch: emulator.fetch })
  const [outcome] = await client.send([order('validated_1')], { validateOnly: true })
  assert.equal(outcome?.status, 'validated')
  assert.ok(!emulator.events().some(({ event }) => (event as { id: string }).id === 'validated_1'))
}
// #endregion

// #region queued
{
  // A relay says yes when it has the event on disk, and delivers it.
  const relay = async (): Promise<Response> => Response.json({ accepted_events: 1, results: [] })
  const client = createClient({
    pixelId: 'px_1',
    apiKey: 'the-intake-token',
    endpoint: 'https://relay.example.com',
    endpointIsRelay: true,
    fetch: relay,
  })
  const [outcome] = await client.send([order('queued_1')])
  assert.equal(outcome?.status, 'queued')
}
// #endregion

// #region refused
{
  const client = createClient({ pixelId: 'px_1', apiKey: 'any-key', fetch: emulator.fetch })
  const [outcome] = await client.send([{ ...order('refused_1'), timestamp: '2020-01-01T00:00:00Z' }])
  assert.equal(outcome?.status, 'refused')
  assert.deepEqual(
    outcome.issues.map(({ code, path }) => [code, path]),
    [['event_timestamp_too_old', 'timestamp']],
  )
}
// #endregion

// #region failed
{
  const away = async (): Promise<Response> => new Response('', { status: 503 })
  const client = createClient({ pixelId: 'px_1', apiKey: 'any-key', fetch: away, maxAttempts: 1 })
  const [outcome] = await client.send([order('failed_1')])
  assert.equal(outcome?.status, 'failed') // send the same event again: its id makes sure that it counts once
}
// #endregion

// #region ClientOptions, Preflight, Logger
{
  const preflight: Preflight = 'never' // no event goes to the API to be validated first
  const said: string[] = []
  const logger: Logger = { warn: (_details, message) => said.push(message) }
  const heard: string[] = []
  const options: ClientOptions<'2026-11'> = {
    pixelId: 'px_1',
    apiKey: 'any-key',
    contract: '2026-11', // phones and names are sent
    endpoint: 'http://10.0.0.5:8787',
    allowHttp: ['10.0.0.5'], // plain http to this address, on a private network
    endpointIsRelay: false, // whether a yes means on disk at a relay; default: as its answer says
    integrationSource: 'my-shop',
    canary: true,
    preflight,
    fetch: createEmulator().fetch,
    timeoutMs: 10_000, // of one request
    totalTimeoutMs: 60_000, // of one send
    maxAttempts: 3,
    maxBodyBytes: 1_000_000,
    concurrency: 2, // requests at a time
    invalidIdentity: 'drop', // a malformed address costs the field, not the conversion
    sourceUrlQuery: 'strip',
    logger,
    onOutcome: ({ id, status }) => heard.push(`${id} ${status}`), // of what was tracked
    waitUntil: () => {}, // keeps an edge worker alive until tracked events are sent
    maxQueue: 1_000,
    flushAt: 50, // tracked events that are sent at once
    flushIntervalMs: 500, // and how long fewer wait
    runtime: systemRuntime,
  }
  const client = createClient(options)
  client.track({ ...order('tracked_1'), user: { email: 'user@example.com', phone: '+49 30 901820' } })
  await client.flush()
  assert.deepEqual(heard, ['tracked_1 delivered'])
  await client.close()
}
// #endregion

// #region TrackOptions
{
  const waited: Promise<unknown>[] = []
  const options: TrackOptions = { waitUntil: (promise) => waited.push(promise) }
  const client = createClient({ pixelId: 'px_1', apiKey: 'any-key', fetch: emulator.fetch })
  client.track(order('tracked_2'), options) // returns at once and never throws
  await Promise.all(waited)
  assert.ok(emulator.events().some(({ event }) => (event as { id: string }).id === 'tracked_2'))
}
// #endregion

// #region Verification
{
  const api = createEmulator({ pixel: 'px_1', contract: '2026-06' })
  const client = createClient({ pixelId: 'px_2', apiKey: 'any-key', fetch: api.fetch })
  const found: Verification = await client.verify()
  assert.deepEqual([found.ok, found.key, found.pixel], [false, 'accepted', 'rejected'])
}
// #endregion

// #region Runtime, systemRuntime
{
  // A clock for tests: time moves when somebody waits.
  let now = Date.now()
  const runtime: Runtime = {
    ...systemRuntime,
    now: () => now,
    monotonic: () => now,
    sleep: async (ms) => {
      now += ms
    },
  }
  const slow = createEmulator({ fault: { 503: 0.9 }, now: () => now })
  const client = createClient({ pixelId: 'px_1', apiKey: 'any-key', fetch: slow.fetch, runtime })
  assert.equal((await client.send([order('patient_1')])).length, 1) // without a second of waiting
}
// #endregion

// #region WaybillError, ConfigError, isWaybillError, isConfigError, errorText
{
  let thrown: unknown
  try {
    createClient({ pixelId: '', apiKey: 'any-key' })
  } catch (error) {
    thrown = error
  }
  assert.ok(thrown instanceof ConfigError && thrown instanceof WaybillError)
  assert.ok(isConfigError(thrown) && isWaybillError(thrown)) // also of another copy of the package
  assert.equal(thrown.code, 'missing_option')
  assert.equal(errorText(thrown), `${thrown.message} ${thrown.hint}`)
}
// #endregion

// #region MoneyError, MoneyFault, isMoneyError
{
  const faultOf = (decimal: string, currency: string): MoneyFault | undefined => {
    try {
      money(decimal, currency)
      return undefined
    } catch (error) {
      if (!isMoneyError(error)) throw error
      assert.ok(error instanceof MoneyError)
      return error.code
    }
  }
  assert.equal(faultOf('25,99', 'EUR'), 'invalid_amount')
  assert.equal(faultOf('25.99', 'EURO'), 'invalid_currency')
  assert.equal(faultOf('1.00', 'XAU'), 'currency_without_minor_unit')
  assert.equal(faultOf('1.005', 'EUR'), 'too_many_decimals')
  assert.equal(faultOf('99999999999999999', 'EUR'), 'unsafe_amount')
}
// #endregion

// #region eventsUrl, DEFAULT_ENDPOINT
{
  assert.equal(eventsUrl(DEFAULT_ENDPOINT, 'px_1'), 'https://bzr.openai.com/v1/events?pid=px_1')
  assert.throws(() => eventsUrl('http://relay:8787', 'px_1')) // the key would travel in clear
  assert.equal(eventsUrl('http://relay:8787', 'px_1', ['relay']), 'http://relay:8787/v1/events?pid=px_1')
}
// #endregion

// #region createPost, Post, PostOptions, createAccountContract, AccountContract, AccountContractOptions
{
  // What a client is built on; a relay uses them too.
  const url = eventsUrl(DEFAULT_ENDPOINT, 'px_1')
  const api = createEmulator({ contract: '2026-11' })
  const post: Post = createPost({ url, fetch: api.fetch, runtime: systemRuntime }, 'any-key', USER_AGENT)
  const options: AccountContractOptions = { post, now: Date.now }
  const account: AccountContract = createAccountContract(options)
  const request: PostOptions = { timeoutMs: 10_000, signal: AbortSignal.timeout(20_000) }
  await account.learn(request)
  assert.deepEqual(account.reads, ['2026-11'])
}
// #endregion

// #region createScrub, withoutPlaces
{
  const scrub = createScrub('sk-secret')
  assert.equal(scrub('Bad key sk-secret of user@example.com'), 'Bad key [key] of [removed]')
  assert.equal(withoutPlaces('events[3].data.amount is missing'), 'data.amount is missing')
}
// #endregion

// #region isPrivateAddress, requireCheckedTls
{
  assert.deepEqual(['10.0.0.5', '::1', '203.0.113.1'].map(isPrivateAddress), [true, true, false])
  requireCheckedTls({}) // throws where certificates are not checked
  const off = '0'
  assert.throws(() => requireCheckedTls({ NODE_TLS_REJECT_UNAUTHORIZED: off }), ConfigError)
}
// #endregion

// #region USER_AGENT, VERSION
{
  assert.ok(USER_AGENT.includes(VERSION))
}
// #endregion
