import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createEmulator } from '@waybill/emulator'
import { check } from '../contract/check.ts'
import type { WireEvent } from '../contract/event.ts'
import type { LooseEvent } from '../contract/loose-event.ts'
import { EVENT_NAMES, type EventName, shapeOf } from '../contract/names.ts'
import { type Change, changed, exampleEvent, NOW } from '../contract/sample.cases.ts'
import { eventId } from '../event-id.ts'
import { type ConversionDescription, type ConversionResult, conversion } from './conversion.ts'
import { PixelError, type PixelFault } from './errors.ts'
import { imageTag, imageUrl } from './image-tag.ts'
import { type Conversion, consentCall, measureCall, measureSingleCall } from './measure-call.ts'
import { asJson, NONCE, PIXEL, queuedCalls } from './page.cases.ts'
import { policyHeader } from './policy.ts'
import { pixelCall, pixelSnippet } from './snippet.ts'

const FRIENDLY = {
  pixelId: PIXEL,
  id: 'order_12345',
  type: 'order_created',
  timestamp: NOW,
  actionSource: 'web',
  sourceUrl: 'https://shop.example.com/checkout?step=3',
  oppref: 'a%2Bb%20c+d%E4%zz',
  user: { email: 'User@Example.com ' },
  data: {
    amount: '25.99',
    currency: 'usd',
    contents: [{ id: 'sku_123', name: 'Starter "bundle" </script>', quantity: 1, amount: '25.99' }],
  },
} as const satisfies ConversionDescription

const BY_NUMBER = { orderNumberInQuery: true }

const WIRE_DATA = {
  type: 'contents',
  amount: 2599,
  currency: 'USD',
  contents: [{ id: 'sku_123', name: 'Starter "bundle" </script>', quantity: 1, amount: 2599 }],
}

const madeFrom = (description: ConversionDescription): ConversionResult => conversion(description, { check, now: NOW })

function made(description: ConversionDescription, contract: '2026-06' | '2026-11' = '2026-06'): Conversion {
  const result = conversion(description, { check, now: NOW, contract })
  assert.ok(result.ok)
  return result
}

function faultOf(attempt: () => unknown): PixelFault | undefined {
  try {
    attempt()
    return undefined
  } catch (error) {
    assert.ok(error instanceof PixelError)
    assert.notEqual(error.hint, undefined)
    return error.code
  }
}

/** An event of each name that the pixel takes, as `check` lets it pass. */
function eventOf(type: EventName, change: Change = {}): ConversionDescription {
  const name = type === 'custom' ? { custom_event_name: 'Quote_Requested' } : {}
  const base = changed(exampleEvent(), { type, data: { type: shapeOf(type), amount: 1, currency: 'EUR' }, ...name })
  return { ...(changed(base as object, change) as WireEvent), pixelId: PIXEL }
}
const PIXEL_NAMES = EVENT_NAMES.filter((name) => !name.startsWith('app_'))

describe('one description of a conversion', () => {
  it('gives the server its wire event, without the Pixel ID', () => {
    const { serverEvent } = made(FRIENDLY)
    assert.deepEqual(serverEvent, {
      id: 'order_12345',
      type: 'order_created',
      timestamp_ms: NOW,
      action_source: 'web',
      source_url: 'https://shop.example.com/checkout',
      oppref: FRIENDLY.oppref,
      user: { email_sha256: 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514' },
      data: WIRE_DATA,
    })
  })

  it('gives the pixel the very same data, in minor units, and the id as event_id', () => {
    const order = made(FRIENDLY)
    const call = measureCall(order)
    assert.deepEqual(call, ['measure', 'order_created', WIRE_DATA, { event_id: 'order_12345' }])
    assert.equal(call[2], order.serverEvent.data)
  })

  it('keeps what check warned of', () => {
    const result = madeFrom(FRIENDLY)
    assert.deepEqual(result.ok && result.warnings.map(({ code }) => code), [
      'source_url_shortened',
      'currency_uppercased',
    ])
  })

  it('gives the issues of check where there is no conversion', () => {
    const result = madeFrom({ ...FRIENDLY, sourceUrl: 'https://shop.example.com/', data: { amount: '25.99' } })
    assert.deepEqual(result.ok || result.issues.map(({ code, path }) => [code, path]), [
      ['missing_currency', 'data.currency'],
    ])
  })

  for (const type of PIXEL_NAMES) {
    it(`is the same on both channels for ${type}`, async () => {
      const order = made(eventOf(type))
      const { serverEvent } = order
      const name = type === 'custom' ? { custom_event_name: 'quote_requested' } : {}
      const expected = [
        ['init', { pixelId: PIXEL }],
        ['measure', serverEvent.type, asJson(serverEvent.data), { event_id: serverEvent.id, ...name }],
      ]
      const page = pixelSnippet({ pixelId: order.pixelId, nonce: NONCE }) + pixelCall(order, { nonce: NONCE })
      assert.deepEqual(queuedCalls(page), expected)
      const emulator = createEmulator({ pixel: PIXEL, now: NOW })
      assert.equal((await emulator.fetch(imageUrl(order, BY_NUMBER)!)).status, 200)
      const [{ event } = { event: undefined }] = emulator.events()
      const { timestamp_ms: _now, source_url: _url, user: _user, ...half } = serverEvent
      const { timestamp_ms: _then, ...stored } = event!
      assert.deepEqual(stored, half)
    })
  }

  it('is one conversion at the API, whichever half comes first', async () => {
    for (const serverFirst of [true, false]) {
      const emulator = createEmulator({ pixel: PIXEL, now: NOW })
      const order = made(FRIENDLY)
      const body = JSON.stringify({ events: [order.serverEvent] })
      const headers = { authorization: 'Bearer k', 'content-type': 'application/json' }
      const halves = [
        () => emulator.fetch(`https://bzr.openai.com/v1/events?pid=${PIXEL}`, { method: 'POST', headers, body }),
        () => emulator.fetch(imageUrl(order, BY_NUMBER)!),
      ]
      for (const send of serverFirst ? halves : halves.reverse()) assert.equal((await send()).status, 200)
      const [stored, ...others] = emulator.events()
      assert.deepEqual([stored?.received, stored?.channels.toSorted(), others], [2, ['image', 'server'], []])
      assert.deepEqual([stored?.event['oppref'], stored?.event['data']], [FRIENDLY.oppref, WIRE_DATA])
    }
  })
})

describe('the options of a pixel call', () => {
  it('hold opt_out as the server has it, true or false', () => {
    for (const optOut of [true, false]) {
      const [, , , options] = measureCall(made({ ...FRIENDLY, optOut }))
      assert.deepEqual(options, { event_id: 'order_12345', opt_out: optOut })
    }
  })

  it('are for one pixel of several where that is asked for', () => {
    const order = made(FRIENDLY)
    const [, ...rest] = measureCall(order)
    assert.deepEqual(measureSingleCall(order), ['measureSingle', PIXEL, ...rest])
    const page = pixelSnippet({ pixelId: PIXEL, otherPixelIds: ['px_2'], nonce: NONCE })
    const called = asJson(measureSingleCall(order))
    assert.deepEqual(queuedCalls(page + pixelCall(order, { nonce: NONCE, single: true })), [
      ['init', { pixelId: PIXEL }],
      ['init', { pixelId: 'px_2' }],
      called,
    ])
  })

  it('leave out what of an item only a server may send, on the page and in the image', async () => {
    const items = [
      { id: 'a', groupId: 'g', variantDict: { 'size[eu]': '42' } },
      { id: 'b', quantity: 2 },
    ]
    for (const contract of ['2026-06', '2026-11'] as const) {
      const order = made({ ...FRIENDLY, data: { contents: items } }, contract)
      const [, , data] = measureCall(order)
      assert.deepEqual(data['contents'], [{ id: 'a' }, { id: 'b', quantity: 2 }])
      assert.deepEqual(order.serverEvent.data.contents?.[0], {
        id: 'a',
        group_id: 'g',
        variant_dict: { 'size[eu]': '42' },
      })
      const emulator = createEmulator({ pixel: PIXEL, now: NOW, contract })
      assert.equal((await emulator.fetch(imageUrl(order, BY_NUMBER)!)).status, 200)
    }
  })
})

describe('consent that is given on the page', () => {
  const conversions = pixelCall(made(FRIENDLY), { nonce: NONCE })
  const call = asJson(measureCall(made(FRIENDLY)))
  const before = [
    ['consent', false],
    ['init', { pixelId: PIXEL }],
  ]
  const page = pixelSnippet({ pixelId: PIXEL, nonce: NONCE, consent: 'ask' }) + conversions
  const says = (given: boolean): string => `<script nonce="${NONCE}">waybillConsent(${given})</script>`
  /** Enough of a document for the loader to be asked for. */
  const DOCUMENT = `<script nonce="${NONCE}">window.loaded=[];window.document={createElement:function(){return{}},head:{appendChild:function(s){loaded.push(s.src)}}}</script>`

  it('is measured on the page: what waited goes out after the pixel was told', () => {
    assert.deepEqual(queuedCalls(DOCUMENT + page), before)
    assert.deepEqual(queuedCalls(DOCUMENT + page + says(true)), [...before, ['consent', true], call])
    assert.deepEqual(queuedCalls(DOCUMENT + page + says(true) + conversions), [
      ...before,
      ['consent', true],
      call,
      call,
    ])
  })

  it('is no consent where it is denied or withdrawn', () => {
    assert.deepEqual(queuedCalls(DOCUMENT + page + says(false)), [...before, ['consent', false]])
    const withdrawn = queuedCalls(DOCUMENT + page + says(true) + says(false) + conversions)
    assert.deepEqual(withdrawn, [...before, ['consent', true], call, ['consent', false]])
  })

  it('loads nothing from the vendor before it is given', () => {
    assert.ok(!page.includes('async src='))
    assert.deepEqual(
      [consentCall(true), consentCall('yes' as never)],
      [
        ['consent', true],
        ['consent', false],
      ],
    )
  })
})

describe('the id of an image', () => {
  const image =
    (id: string, options?: { orderNumberInQuery: boolean }): (() => unknown) =>
    () =>
      imageTag(made({ ...FRIENDLY, id }), options)
  it('is one that tells nothing of an order, or is allowed in words', () => {
    for (const id of [
      eventId('order', 12345),
      '0f6f5a52-7f0e-4a3b-9d57-2b1f6f2f6a10',
      '0F6F5A52-7F0E-4A3B-9D57-2B1F6F2F6A10',
    ])
      assert.equal(faultOf(image(id)), undefined, id)
    for (const id of ['order_12345', 'R-1001', '12345', 'wb_12345', `x${eventId('a')}`]) {
      assert.equal(faultOf(image(id)), 'order_number_in_query', id)
      assert.equal(faultOf(image(id, BY_NUMBER)), undefined, id)
    }
  })

  it('that is refused names eventId', () => {
    assert.throws(image('order_12345'), (error) => error instanceof PixelError && /eventId\(/.test(error.hint ?? ''))
  })
})

describe('a missing argument', () => {
  const order = made(FRIENDLY)
  const nothing = undefined as never
  const ATTEMPTS: readonly (readonly [string, () => unknown])[] = [
    ['conversion()', () => conversion(nothing, nothing)],
    ['conversion(event)', () => conversion(FRIENDLY, nothing)],
    ['conversion(event, {})', () => conversion(FRIENDLY, {} as never)],
    ['measureCall()', () => measureCall(nothing)],
    ['measureCall({})', () => measureCall({} as never)],
    ['pixelCall()', () => pixelCall(nothing, { nonce: NONCE })],
    ['pixelCall(order)', () => pixelCall(order, nothing)],
    ['pixelSnippet()', () => pixelSnippet(nothing)],
    ['imageTag()', () => imageTag(nothing)],
    ['policyHeader()', () => policyHeader(nothing)],
    ['policyHeader(own, undefined)', () => policyHeader({}, nothing)],
  ]
  for (const [title, attempt] of ATTEMPTS) {
    it(`is told: ${title}`, () => assert.equal(faultOf(attempt), 'missing_option'))
  }
  it('that is a nonce is told', () =>
    assert.equal(
      faultOf(() => pixelCall(order, {} as never)),
      'invalid_nonce',
    ))
})

describe('what the pixel does not take', () => {
  const app: LooseEvent = { id: 'i1', type: 'app_installed', timestamp: NOW, actionSource: 'mobile_app', data: {} }
  for (const type of ['app_installed', 'app_opened'] as const) {
    it(`${type} is refused as an app event, before and after the check`, () => {
      const event = { ...app, type }
      assert.equal(
        faultOf(() => madeFrom({ ...event, pixelId: PIXEL })),
        'app_event',
      )
      const checked = check(event, { now: NOW })
      assert.ok(checked.ok)
      const byHand = { pixelId: PIXEL, serverEvent: checked.event }
      for (const render of [
        measureCall,
        (one: Conversion) => imageTag(one),
        (one: Conversion) => pixelCall(one, { nonce: NONCE }),
      ]) {
        assert.equal(
          faultOf(() => render(byHand)),
          'app_event',
        )
      }
    })
  }

  it('keys of your own in a custom event are refused: they are for the server alone', () => {
    const quote = eventOf('custom', { user: undefined, 'data.score': 7 })
    assert.equal(
      faultOf(() => conversion(quote, { check, now: NOW, contract: '2026-11' })),
      'server_only_data',
    )
  })

  it('an event that is opted out has no image, which could not say so', () => {
    const order = made({ ...FRIENDLY, optOut: true })
    assert.deepEqual([imageTag(order), imageUrl(order)], ['', undefined])
    assert.notEqual(imageTag(made({ ...FRIENDLY, optOut: false }), BY_NUMBER), '')
  })

  for (const pixelId of ['', ' ', undefined, 1]) {
    it(`a Pixel ID that is ${JSON.stringify(pixelId)} is refused everywhere`, () => {
      const bad = { ...FRIENDLY, pixelId } as ConversionDescription
      const half = { ...made(FRIENDLY), pixelId } as Conversion
      const attempts = [
        () => madeFrom(bad),
        () => imageTag(half, BY_NUMBER),
        () => pixelSnippet({ pixelId: pixelId as string, nonce: NONCE }),
      ]
      for (const attempt of attempts) assert.equal(faultOf(attempt), 'missing_pixel_id')
    })
  }
})
