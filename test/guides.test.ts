/** The guides are programs: each runs here as a reader would run it, against the emulated API, and the pages hold their very text. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, it, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { type Context, createContext, runInContext } from 'node:vm'
import { transform } from 'esbuild'
import { CURRENCIES, eventId } from 'waybill'
import {
  assertPolicy,
  blocksOf,
  callsIn,
  callsOf,
  counted,
  createBrowser,
  fileOf,
  fire,
  form,
  isRunElsewhere,
  PIXEL_ID,
  type PixelCall,
  REFERENCE,
  ROOT,
  runGuide,
  start,
  startEmulator,
  userOf,
} from './guides.helpers.ts'

test('Express: landing, order and thank-you page are one conversion; without consent it carries nothing', async (context) => {
  const api = await startEmulator(context)
  const child = start('express/shop.ts', api)
  context.after(() => child.kill())
  const [line] = (await once(child.stdout!.setEncoding('utf8'), 'data')) as [string]
  const site = line.trim()
  const pages: string[] = []
  for (const ads of ['yes', 'no'] as const) {
    const cookies: Record<string, string> = { ads }
    const browse = createBrowser(fetch, cookies)
    await (await browse(`${site}/?oppref=${REFERENCE}`)).text()
    assert.deepEqual(Object.keys(cookies), ads === 'yes' ? ['ads', 'waybill_oppref'] : ['ads'])
    const ordered = await browse(`${site}/checkout`, form)
    assert.equal(ordered.status, 303)
    const thanks = await browse(site + ordered.headers.get('location'))
    const html = await thanks.text()
    assertPolicy(html, thanks.headers.get('content-security-policy'))
    pages.push(html)
  }
  assert.equal((await fetch(`${site}/thank-you/1001`)).status, 404)
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  assert.deepEqual(await gone, [0, null])
  const order = { amount: 2599, currency: 'EUR', received: 1, channels: ['server'] }
  assert.deepEqual(counted(api), {
    [`order_created ${eventId('order', 1001)}`]: { ...order, oppref: REFERENCE },
    [`order_created ${eventId('order', 1002)}`]: order,
  })
  assert.deepEqual(Object.keys(userOf(api, eventId('order', 1001)) ?? {}), ['email_sha256', 'ip_address', 'user_agent'])
  assert.equal(userOf(api, eventId('order', 1002)), undefined)
  const [withConsent = '', without = ''] = pages
  assert.ok(!/<script|<img/.test(without))
  await fire(api, callsIn(withConsent))
  assert.deepEqual(counted(api)[`order_created ${eventId('order', 1001)}`]?.channels, ['server', 'image'])
  const { stored, duplicates } = api.emulator.summary()
  assert.deepEqual([stored, duplicates], [2, 1])
  const image = /<img src="https:\/\/bzr\.openai\.com([^"]+)"/.exec(withConsent)?.[1]?.replaceAll('&amp;', '&')
  assert.equal((await fetch(api.url + image)).status, 200)
  assert.equal(api.emulator.summary().stored, 2)
})

interface NextPage {
  readonly default: (props: { params: Promise<{ key: string }> }) => Promise<string>
}

/** One of the three files of Next.js that its guide shows, with stand-ins for what it imports. */
async function nextFile<File>(mark: string, standIns: object): Promise<File> {
  const source = blocksOf('next').find((block) => isRunElsewhere(block) && block.code.includes(mark))
  const { code } = await transform(source!.code, { loader: 'tsx', jsxFactory: 'standIns.element' })
  const lib = pathToFileURL(join(ROOT, 'examples/guides/next/waybill.ts')).href
  const name = `standIns${mark.replace(/\W/g, '')}`
  Object.assign(globalThis, { [name]: standIns })
  const module = code
    .replace(/import \{(.*?)\} from "next\/\w+";/gs, 'const {$1} = standIns;')
    .replace(/"[./]+\/lib\/waybill"/, JSON.stringify(lib))
  return (await import(`data:text/javascript,${encodeURIComponent(`const standIns = ${name};${module}`)}`)) as File
}

/** Elements as the text of their children; React itself would escape the text. */
const element = (
  _type: string,
  props: { dangerouslySetInnerHTML?: { __html: string } } | null,
  ...children: string[]
) => props?.dangerouslySetInnerHTML?.__html ?? children.join('')

test('Next.js: its three files bring an order to the server and to the page under one id', async (context) => {
  const api = await startEmulator(context)
  Object.assign(process.env, { WAYBILL_PIXEL_ID: PIXEL_ID, WAYBILL_API_KEY: 'k', WAYBILL_ENDPOINT: api.url })
  const NextResponse = {
    next: (init: { request: { headers: Headers } }) =>
      Object.assign(new Response(), { seenByPages: init.request.headers }),
  }
  const later: (() => Promise<unknown>)[] = []
  let seenByPages = new Headers()
  const notFound = (): never => {
    throw new Error('not found')
  }
  type Proxied = Response & { seenByPages: Headers }
  const { proxy } = await nextFile<{ proxy(request: Request): Promise<Proxied> }>('onEveryPage(', { NextResponse })
  const { POST } = await nextFile<{ POST(request: Request): Promise<Response> }>('placeOrder(', {
    after: (task: () => Promise<unknown>) => later.push(task),
  })
  const page = await nextFile<NextPage>('thankYou(', { headers: async () => seenByPages, notFound, element })
  const pages: string[] = []
  for (const ads of ['yes', 'no'] as const) {
    const cookies: Record<string, string> = { ads }
    const browse = createBrowser(async (request) => {
      const answer = await proxy(request)
      seenByPages = answer.seenByPages
      return request.method === 'POST' ? POST(request) : answer
    }, cookies)
    const site = 'https://shop.example.com'
    await browse(`${site}/?oppref=${REFERENCE}`)
    assert.deepEqual(Object.keys(cookies), ads === 'yes' ? ['ads', 'waybill_oppref'] : ['ads'])
    const ordered = await browse(`${site}/checkout`, form)
    assert.equal(ordered.status, 303)
    const path = ordered.headers.get('location')!
    const { headers } = await browse(site + path)
    const html = await page.default({ params: Promise.resolve({ key: path.split('/').at(-1)! }) })
    assertPolicy(html, headers.get('content-security-policy'))
    pages.push(html)
  }
  assert.equal(api.emulator.summary().stored, 0)
  await Promise.all(later.map((task) => task()))
  await assert.rejects(page.default({ params: Promise.resolve({ key: '1001' }) }), /not found/)
  const order = { amount: 2599, currency: 'EUR', received: 1, channels: ['server'] }
  assert.deepEqual(counted(api), {
    'order_created order_1001': { ...order, oppref: REFERENCE },
    'order_created order_1002': order,
  })
  assert.equal(userOf(api, 'order_1002'), undefined)
  assert.equal(pages[1], 'Thank you for order 1002')
  await fire(api, callsIn(pages[0]!))
  assert.deepEqual(counted(api)['order_created order_1001']?.channels, ['server', 'image'])
  assert.equal(api.emulator.summary().stored, 2)
})

/** The script of a theme, in a page of Shopify. Gives what it writes into the cart, and how to decide on consent there. */
function shopifyPage(search: string, allowed: boolean): { written: string[]; decide(allowed: boolean): void } {
  const written: string[] = []
  let decide: () => void = () => {}
  let marketing = allowed
  const window = {
    Shopify: {
      routes: { root: '/' },
      loadFeatures: (_features: unknown, done: (error?: unknown) => void) => done(),
      customerPrivacy: { marketingAllowed: () => marketing },
    },
  }
  const document = {
    addEventListener: (name: string, listener: () => void) => {
      assert.equal(name, 'visitorConsentCollected')
      decide = listener
    },
  }
  const cart = (url: string, { body }: { body: string }): void => {
    assert.equal(url, '/cart/update.js')
    const { attributes } = JSON.parse(body) as { attributes: Record<string, string> }
    assert.deepEqual(Object.keys(attributes), ['_oppref'])
    written.push(attributes['_oppref']!)
  }
  const page = createContext({ window, document, location: { search }, fetch: cart })
  runInContext(fileOf('examples/guides/shopify/theme.js'), page)
  return {
    written,
    decide(next) {
      marketing = next
      decide()
    },
  }
}

/** A page with what scripts that load the pixel need of it. */
function pageWithLoader(more: object): { page: Context; loaded: string[] } {
  const loaded: string[] = []
  const document = {
    createElement: (name: string) => ({ name, src: '' }),
    head: { append: ({ src }: { src: string }) => void loaded.push(src) },
    getElementById: () => null,
    ...(more as { document?: object }).document,
  }
  const page = createContext({ ...more, btoa, document })
  runInContext('globalThis.window = globalThis', page)
  return { page, loaded }
}

const LOADER = 'https://bzrcdn.openai.com/sdk/oaiq.min.js'

/** The calls of Shopify's custom pixel after a checkout. */
function customPixel(orderId: string | undefined): PixelCall[] {
  const listeners = new Map<string, (event: object) => void>()
  const analytics = {
    subscribe: (name: string, listener: (event: object) => void) => void listeners.set(name, listener),
  }
  const { page, loaded } = pageWithLoader({ analytics })
  runInContext(fileOf('examples/guides/shopify/custom-pixel.js'), page)
  assert.deepEqual(loaded, [LOADER])
  const order = orderId === undefined ? null : { id: orderId }
  listeners.get('checkout_completed')!({
    data: { checkout: { order, totalPrice: { amount: 25.99, currencyCode: 'EUR' } } },
  })
  return callsOf(page)
}

test('Shopify: theme, webhook and custom pixel are one conversion; without consent nothing of the browser is sent', async (context) => {
  const api = await startEmulator(context)
  const printed = await runGuide('shopify/try.ts', api)
  const order = { amount: 2599, currency: 'EUR', received: 1, channels: ['server'] }
  const both = { 'order_created 5001': { ...order, oppref: REFERENCE }, 'order_created 5002': order }
  assert.deepEqual(counted(api), both)
  assert.match(printed, /5003: skipped:webhook:shopify discarded/)
  assert.deepEqual(Object.keys(userOf(api, '5001') ?? {}).sort(), ['email_sha256', 'ip_address'])
  assert.deepEqual(Object.keys(userOf(api, '5002') ?? {}), ['email_sha256'])
  await fire(api, customPixel('gid://shopify/OrderIdentity/5001'))
  await fire(api, customPixel('5001'))
  assert.deepEqual(Object.keys(counted(api)), Object.keys(both).sort())
  assert.deepEqual(counted(api)['order_created 5001']?.channels, ['server', 'image'])
})

test('Shopify: an order without an id, as in a checkout that failed, is not measured', () => {
  assert.deepEqual(
    customPixel(undefined).map(([verb]) => verb),
    ['init'],
  )
})

describe('the theme of Shopify', () => {
  const LANDING = `?utm_source=ads&oppref=${REFERENCE}&x=1`
  it('writes the reference byte for byte, with consent', () => {
    assert.deepEqual(shopifyPage(LANDING, true).written, [REFERENCE])
    assert.deepEqual(shopifyPage('?x=1', true).written, [])
  })
  it('writes nothing without consent, and the reference when it is given on the landing page', () => {
    const { written, decide } = shopifyPage(LANDING, false)
    assert.deepEqual(written, [])
    decide(true)
    assert.deepEqual(written, [REFERENCE])
  })
  it('takes it back when consent is withdrawn', () => {
    const { written, decide } = shopifyPage(LANDING, true)
    decide(false)
    assert.deepEqual(written, [REFERENCE, ''])
  })
})

test('Stripe: one checkout is one conversion, a subscription as well; the visit is carried to the webhook', async (context) => {
  const api = await startEmulator(context)
  const printed = await runGuide('stripe/try.ts', api)
  const paid = { amount: 2599, currency: 'EUR', received: 1, channels: ['server'] }
  const all = {
    'order_created order_1001': { ...paid, oppref: REFERENCE },
    'subscription_created sub_1002': { ...paid, oppref: REFERENCE },
    'order_created order_1003': paid,
  }
  assert.deepEqual(counted(api), all)
  assert.equal(userOf(api, 'order_1001')?.['user_agent'], 'Mozilla/5.0')
  assert.equal(userOf(api, 'order_1003')?.['user_agent'], undefined)
  const pages = Object.fromEntries([...printed.matchAll(/^(cs_\d+): (.*)$/gm)].map(([, id, html]) => [id, html!]))
  assert.deepEqual(callsIn(pages['cs_1003']!), [])
  await fire(api, [...callsIn(pages['cs_1001']!), ...callsIn(pages['cs_1002']!)])
  assert.deepEqual(Object.keys(counted(api)), Object.keys(all).sort())
  for (const key of ['order_created order_1001', 'subscription_created sub_1002'])
    assert.deepEqual(counted(api)[key]?.channels, ['server', 'image'])
})

/** The script of a WordPress page. */
function wordpressPage(
  consent: boolean | undefined,
  order?: object,
): { page: Context; cookies: string[]; allow(): void } {
  const cookies: string[] = []
  let allow: () => void = () => {}
  const document = {
    set cookie(text: string) {
      cookies.push(text)
    },
    getElementById: (id: string) => (id === 'waybill-order' && order ? { textContent: JSON.stringify(order) } : null),
    addEventListener: (name: string, listener: (event: object) => void) => {
      assert.equal(name, 'wp_listen_for_consent_change')
      listener({ detail: { statistics: 'allow' } })
      allow = () => listener({ detail: { marketing: 'allow' } })
    },
  }
  const { page } = pageWithLoader({ location: { search: `?oppref=${REFERENCE}&x` } })
  Object.defineProperties(page['document'], Object.getOwnPropertyDescriptors(document))
  if (consent !== undefined) page['wp_has_consent'] = (what: string) => what === 'marketing' && consent
  runInContext(fileOf('examples/guides/woocommerce/waybill.js'), page)
  return { page, cookies, allow }
}

test('WooCommerce: plugin data, webhook and thank-you page are one conversion; without consent nothing of the browser is sent', async (context) => {
  const api = await startEmulator(context)
  await runGuide('woocommerce/try.ts', api)
  const order = { amount: 999_000, currency: 'HUF', received: 1, channels: ['server'] }
  const both = { 'order_created 727': { ...order, oppref: REFERENCE }, 'order_created 728': order }
  assert.deepEqual(counted(api), both)
  assert.deepEqual(Object.keys(userOf(api, '728') ?? {}).sort(), ['country', 'email_sha256'])
  const { page, cookies } = wordpressPage(true, { id: '727', total: '9990.00', currency: 'HUF' })
  await fire(api, callsOf(page))
  assert.deepEqual(Object.keys(counted(api)), Object.keys(both).sort())
  assert.deepEqual(counted(api)['order_created 727']?.channels, ['server', 'image'])
  const [, kept = ''] =
    /^waybill_click=([^;]+); Max-Age=2592000; Path=\/; SameSite=Lax; Secure$/.exec(cookies[0]!) ?? []
  assert.equal(atob(kept), REFERENCE)
})

test('WooCommerce: the script does nothing without consent, and all of it when consent is given', () => {
  for (const consent of [false, undefined]) {
    const { page, cookies, allow } = wordpressPage(consent, { id: '1', total: '5', currency: 'JPY' })
    assert.deepEqual([cookies, callsOf(page)], [[], []])
    allow()
    assert.equal(cookies.length, 1)
    const measured = callsOf(page).at(-1)
    assert.deepEqual(measured?.slice(2), [{ type: 'contents', amount: 5, currency: 'JPY' }, { event_id: '1' }])
  }
})

for (const script of ['shopify/custom-pixel.js', 'woocommerce/waybill.js']) {
  test(`${script} knows the decimals of every currency that something can cost`, () => {
    const { page } = pageWithLoader({ analytics: { subscribe() {} }, location: { search: '' } })
    Object.assign(page['document'], { addEventListener() {} })
    runInContext(fileOf(`examples/guides/${script}`), page)
    const unitsOfAccount = ['CLF', 'UYI', 'UYW']
    const wrong = [...CURRENCIES].filter(([code, decimals]) => {
      if (decimals === null || unitsOfAccount.includes(code)) return false
      return runInContext(`minorUnits('1234', '${code}')`, page) !== 1234 * 10 ** decimals
    })
    assert.deepEqual(wrong, [])
    assert.equal(runInContext(`minorUnits(1.15, 'USD')`, page), 115)
  })
}

test('Segment and RudderStack: each order once, under two names as well; without consent it does not leave the relay', async (context) => {
  const api = await startEmulator(context)
  const printed = await runGuide('segment/try.ts', api)
  const order = { amount: 2599, currency: 'EUR', oppref: REFERENCE, received: 1, channels: ['server'] }
  const all = {
    'order_created order_41': order,
    'order_created order_42': order,
    'order_created order_44': order,
  }
  assert.deepEqual(counted(api), all)
  assert.match(printed, /^order_43: nothing$/m)
  const known = ['country', 'email_sha256', 'external_id_sha256', 'user_agent']
  assert.deepEqual(Object.keys(userOf(api, 'order_42') ?? {}).sort(), known)
  await fire(api, callsIn(printed))
  assert.deepEqual(counted(api), {
    ...all,
    'order_created order_41': { ...order, channels: ['server', 'image'], received: 2 },
  })
})

test('CRM: form, notices and exports tell of one deal by one id; what is too late is refused and said', async (context) => {
  const api = await startEmulator(context)
  const printed = await runGuide('crm/try.ts', api)
  const told = { received: 1, channels: ['server'] }
  const all = {
    'appointment_scheduled deal_4501': { ...told, oppref: REFERENCE },
    'appointment_scheduled deal_4503': told,
    'lead_created deal_4501': { ...told, oppref: REFERENCE },
    'lead_created deal_4503': told,
    'order_created deal_4501': { ...told, amount: 150_000, currency: 'SGD', oppref: REFERENCE },
    'order_created deal_4502': { ...told, amount: 98_000, currency: 'SGD' },
  }
  assert.deepEqual(counted(api), all)
  assert.match(printed, /refused on tuesday:\n.*\n4400,.*,event_timestamp_too_old,.*7 days/)
  assert.match(printed, /^deal_4503 on its page: \{\}$/m)
  assert.match(printed, /^deal_4400: nothing$/m)
  const { call } = JSON.parse(/^deal_4501 on its page: (.*)$/m.exec(printed)![1]!) as { call: PixelCall }
  await fire(api, [call])
  const lead = { oppref: REFERENCE, received: 2, channels: ['server', 'image'] }
  assert.deepEqual(counted(api), { ...all, 'lead_created deal_4501': lead })
})
