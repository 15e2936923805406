/** Inputs from every door that once had a wrong outcome have the right one. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createClient, type WireEvent } from 'waybill'
import { check } from 'waybill/contract'
import { captureOppref } from 'waybill/oppref'
import { imageTag, measureCall, pixelUser } from 'waybill/pixel'
import { createSegmentSource } from 'waybill/sources/segment'
import { createFakeRuntime } from '../packages/waybill/src/client/fake-runtime.cases.ts'
import { ANSWERED, type AnswerVector, CALLS, CHECKED, CLICKS, INIT, NOW, SERVER_ONLY_ITEM } from './vectors.cases.ts'

describe('an event', () => {
  for (const { about, contract, event, user, warnings } of CHECKED) {
    it(`passes under ${contract}: ${about}`, () => {
      const result = check(event, { contract, now: NOW })
      assert.ok(result.ok)
      assert.deepEqual({ ...result.event }, { ...event, user })
      assert.deepEqual(
        result.warnings.map(({ code, path }) => `${code} at ${path}`),
        warnings,
      )
    })
  }
})

describe('a click', () => {
  for (const [url, cookie, expected, set] of CLICKS) {
    it(`${expected} counts at ${url} with the cookies "${cookie}"`, async () => {
      const request = new Request(url, { headers: { cookie } })
      const { oppref, setCookie } = await captureOppref(request, { consent: () => true })
      assert.equal(oppref, expected)
      if (set === undefined) assert.equal(setCookie, undefined)
      else assert.match(String(setCookie), set)
    })
  }
})

describe('a tracking call', () => {
  for (const { about, call, event, skipped } of CALLS) {
    it(`is ${skipped === undefined ? 'an event' : 'left out'}: ${about}`, () => {
      const told = createSegmentSource({ contract: '2026-11' })({ payload: call })
      assert.deepEqual(
        told.skipped.map(({ code }) => code),
        skipped === undefined ? [] : [skipped],
      )
      assert.equal(told.events.length, event === undefined ? 0 : 1)
      if (event === undefined) return
      const result = check(told.events[0]!.event, { contract: '2026-11', invalidIdentity: 'drop', now: NOW })
      assert.ok(result.ok)
      assert.deepEqual(result.warnings, [])
      const sent = result.event as unknown as Readonly<Record<string, unknown>>
      assert.deepEqual(Object.fromEntries(Object.keys(event).map((key) => [key, sent[key]])), event)
    })
  }
})

describe('the browser’s half', () => {
  const conversion = { pixelId: 'px', serverEvent: SERVER_ONLY_ITEM as unknown as WireEvent }

  it('leaves out of an item what only the server may say', () => {
    const [, , data] = measureCall(conversion)
    assert.deepEqual(data, { type: 'contents', contents: [{ id: 'mug-3' }] })
    const tag = imageTag(conversion, { orderNumberInQuery: true })
    assert.match(tag, /mug-3/)
    assert.doesNotMatch(tag, /group_id|variant_dict|green/)
  })

  it('says of a visitor all that the pixel takes', () => {
    const [server, pixel] = INIT
    assert.deepEqual(pixelUser(server as never), pixel)
  })
})

describe('an API that answers', () => {
  for (const vector of ANSWERED) {
    it(vector.about, async () => {
      const { outcomes, gapsMs, requests } = await sendTo(vector)
      assert.deepEqual(outcomes, Array(vector.events).fill(vector.outcome))
      const [least, most] = vector.requests
      assert.ok(requests >= least && requests <= most, `${requests} requests`)
      assert.ok(Math.min(...gapsMs) >= vector.leastGapMs, `gaps of ${gapsMs.join()} ms`)
    })
  }
})

async function sendTo({ answers, events, totalTimeoutMs }: AnswerVector) {
  const runtime = createFakeRuntime({ startMs: NOW })
  const atMs: number[] = []
  const fetch = async (): Promise<Response> => {
    const { status, retryAfter, body = {} } = answers[Math.min(atMs.length, answers.length - 1)]!
    atMs.push(runtime.now())
    return Response.json(body, { status, headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter } })
  }
  const client = createClient({ pixelId: 'px', apiKey: 'k', preflight: 'never', totalTimeoutMs, fetch, runtime })
  const outcomes = await client.send(
    Array.from(
      { length: events },
      (_, index): WireEvent => ({
        id: `order_${index}`,
        type: 'lead_created',
        timestamp_ms: NOW - 60_000,
        data: { type: 'customer_action' },
      }),
    ),
  )
  return {
    outcomes: outcomes.map(({ status, issues }) => [status, issues[0]?.code].filter(Boolean).join(' ')),
    gapsMs: atMs.slice(1).map((ms, index) => ms - atMs[index]!),
    requests: atMs.length,
  }
}
