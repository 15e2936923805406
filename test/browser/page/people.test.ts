/** Who looks, in a real browser at a real relay: log-in, links, other origins, a relay that comes and goes, many tabs, many pixels. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { order, type Relay, startRelay } from '../../../packages/relay/src/service/service.helpers.ts'
import type { Store } from '../../../packages/relay/src/store/index.ts'
import { memoryData, memoryStore } from '../../../packages/relay/src/store/memory/index.ts'
import { createSelfSigned } from '../../certificates.ts'
import { launch, NO_BROWSER } from '../chromium.ts'
import { startProxy } from './proxy.ts'

const TOKEN = 'operator-token-of-this-test'
const ADMINS = [{ name: 'ops', token: TOKEN }]
const BEARER = { authorization: `Bearer ${TOKEN}` }
/** The long form has eight: WAYBILL_TABS=8. */
const TABS = Number(process.env['WAYBILL_TABS'] ?? 3)
/** Posts that only read. */
const READING: ReadonlySet<string> = new Set(['/api/events/search', '/api/orders/compare'])

describe('whoever looks at the page', { skip: NO_BROWSER }, () => {
  let browser: Browser
  before(async () => {
    browser = await launch()
  })
  after(() => browser?.close())

  async function newContext(test: TestContext, options: object = {}): Promise<BrowserContext> {
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1_280, height: 900 }, ...options })
    context.setDefaultTimeout(30_000)
    test.after(() => context.close())
    return context
  }

  async function logIn(page: Page, url: string, token: string): Promise<void> {
    if (!page.url().startsWith(url)) await page.goto(url)
    await page.getByLabel('Admin token').fill(token)
    await page.getByRole('button', { name: 'Log in' }).click()
  }

  it('logs in behind a TLS proxy, not with a wrong token, and is out after the log-out', async (test) => {
    const proxy = await startProxy(test, createSelfSigned({ hosts: ['127.0.0.1'] }))
    const relay = await startRelay(test, { file: { adminTokens: ADMINS, publicUrl: proxy.url } })
    proxy.target = relay.url
    const context = await newContext(test, { ignoreHTTPSErrors: true })
    const page = await context.newPage()
    await logIn(page, proxy.url, 'a-wrong-token')
    await page.getByText('This token is not known here.').waitFor()
    await logIn(page, proxy.url, TOKEN)
    await page.getByRole('button', { name: 'ops (operator)' }).waitFor()
    const [cookie] = await context.cookies()
    const { name, secure, httpOnly, sameSite } = cookie!
    assert.deepEqual([name, secure, httpOnly, sameSite], ['__Host-waybill', true, true, 'Strict'])
    await page.goto(`${proxy.url}/activity`)
    await page.getByLabel('Note a change').fill('backend 2.14')
    await page.getByRole('button', { name: 'Note a change' }).click()
    await page.getByRole('listitem').filter({ hasText: 'backend 2.14' }).first().waitFor()
    await page.getByRole('button', { name: 'ops (operator)' }).click()
    await page.getByRole('menuitem', { name: 'Log out' }).click()
    await page.getByLabel('Admin token').waitFor()
    const old = { cookie: `${name}=${cookie!.value}` }
    assert.equal((await relay.ask('/api/me', { headers: old })).status, 401, 'the session ended at the relay too')
  })

  it('writes nothing from another origin, with a session that the browser sends along', async (test) => {
    const relay = await startRelay(test, { file: { adminTokens: ADMINS } })
    const other = createServer((_, answer) => answer.end('<!doctype html><title>other</title>'))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    test.after(() => other.close())
    const context = await newContext(test)
    const page = await context.newPage()
    await logIn(page, relay.url, TOKEN)
    await page.getByRole('button', { name: 'ops (operator)' }).waitFor()
    // Ports are one site, so that the strictest cookie goes along.
    await page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`)
    const address = JSON.stringify(`${relay.url}/api/marks`)
    const forge = async (how: string): Promise<number> => {
      const answered = page.waitForResponse((response) => response.url().endsWith('/api/marks'))
      const init = `{ method: 'POST', credentials: 'include', body: '{"text":"forged"}', ${how} }`
      await page.evaluate(`void fetch(${address}, ${init}).catch(() => {})`)
      return (await answered).status()
    }
    assert.equal(await forge("mode: 'no-cors'"), 403, 'it is known who asks, and from where')
    const { json } = await relay.ask('/api/marks?from=0', { headers: BEARER })
    assert.ok(json.marks.every(({ text }: { text: string }) => text !== 'forged'))
  })

  it('sees one pixel by a link, and can write nothing', async (test) => {
    const pixels = ['px', 'secret-pixel'].map((pixelId) => ({
      pixelId,
      apiKeyEnv: 'WAYBILL_API_KEY',
      endpoint: 'http://127.0.0.1:9',
    }))
    const relay = await startRelay(test, {
      env: { WAYBILL_PIXEL_ID: undefined, WAYBILL_ENDPOINT: undefined },
      file: { adminTokens: ADMINS, pixels },
    })
    const about = {
      method: 'POST',
      headers: BEARER,
      body: JSON.stringify({ pixels: ['px'], days: 30, name: 'Client' }),
    }
    const { url } = (await relay.ask('/api/links', about)).json as { url: string }
    const page = await (await newContext(test)).newPage()
    await page.goto(url)
    await page.getByText('You can read here.').waitFor()
    assert.equal(page.url().includes('#'), false, 'the token does not stay in the address')
    await page.goto(`${relay.url}/pixels`)
    await page.locator('main li').filter({ hasText: 'px' }).first().waitFor()
    assert.equal((await page.locator('body').textContent())!.includes('secret-pixel'), false)
    assert.equal(await page.getByRole('button', { name: /Hold|Resume/ }).count(), 0)
    const { paths } = (await relay.ask('/openapi.json')).json as { paths: Record<string, object> }
    const doors = Object.entries(paths)
      .filter(([path]) => path.startsWith('/api/') && !READING.has(path))
      .flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => [method.toUpperCase(), path.replace(/\{\w+\}/g, 'px')]),
      )
      .filter(([method]) => method !== 'GET')
    assert.ok(doors.length > 15)
    const statuses = await page.evaluate(`Promise.all(${JSON.stringify(doors)}.map(async ([method, path]) => {
      const init = { method, headers: { 'content-type': 'application/json' }, body: '{}' }
      return [method, path, (await fetch(path, init)).status]
    }))`)
    assert.deepEqual(
      statuses,
      doors.map((door) => [...door, 403]),
    )
  })

  it('is told when the relay is away, comes back, and is replaced by a newer one, which loads the page anew', async (test) => {
    const proxy = await startProxy(test)
    const relay = await startRelay(test)
    proxy.target = relay.url
    await relay.bring([order('one')])
    const page = await (await newContext(test)).newPage()
    await page.goto(proxy.url)
    await page.locator('#sentence').waitFor()
    proxy.target = undefined
    await relay.stop()
    await page.getByText('trying again').waitFor()
    const second = await startRelay(test)
    proxy.target = second.url
    await page.getByText('trying again').waitFor({ state: 'detached' })
    const loaded = page.waitForEvent('load')
    proxy.rewrite = (text) => text.replaceAll(/"version":"[^"]*"/g, '"version":"9.9.9"')
    proxy.target = undefined
    await second.stop()
    const third = await startRelay(test)
    proxy.target = third.url
    await page.getByText('The relay was replaced by version 9.9.9').waitFor()
    await loaded
    await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' })
    assert.equal(await page.getByText('The relay was replaced').count(), 0)
  })

  it(`has ${TABS} tabs in one browser that are all live, and one stream for them`, async (test) => {
    const relay = await startRelay(test)
    await relay.bring([order('first')])
    const context = await newContext(test)
    const streams = new Set<object>()
    context.on('request', (request) => {
      if (request.url().includes('/api/stream')) streams.add(request)
    })
    const tabs = await Promise.all(Array.from({ length: TABS }, () => context.newPage()))
    for (const tab of tabs) await tab.goto(`${relay.url}/events`)
    for (const tab of tabs) await tab.getByRole('link', { name: 'first' }).waitFor()
    await relay.bring([order('later')])
    await Promise.all(tabs.map((tab) => tab.getByRole('link', { name: 'later' }).waitFor()))
    assert.equal(streams.size, 1)
  })

  it('has the one that is held on top of 300 pixels', async (test) => {
    const endpoint = 'http://127.0.0.1:9'
    const names = Array.from({ length: 300 }, (_, at) => `shop-${String(at).padStart(3, '0')}`)
    const relay: Relay = await startRelay(test, {
      env: { WAYBILL_PIXEL_ID: undefined, WAYBILL_ENDPOINT: undefined },
      file: { pixels: names.map((pixelId) => ({ pixelId, apiKeyEnv: 'WAYBILL_API_KEY', endpoint })) },
    })
    const hold = { method: 'POST', body: JSON.stringify({ reason: 'the key is changed' }) }
    assert.equal((await relay.ask('/api/pixels/shop-217/hold', hold)).status, 200)
    const events = { method: 'POST', body: JSON.stringify({ events: [order('waits')] }) }
    assert.equal((await relay.ask('/v1/events?pid=shop-217', events)).status, 200)
    const page = await (await newContext(test)).newPage()
    await page.goto(`${relay.url}/pixels`)
    await page.getByText('1 needs you').waitFor()
    assert.match((await page.locator('main li').first().textContent())!, /shop-217/)
    await page.getByText('299 fine').waitFor()
  })

  it('says which of several relays delivers a pixel, whichever is asked', async (test) => {
    const data = memoryData()
    const open = async (): Promise<Store> => memoryStore({ data, several: {} })
    const door = await startRelay(test, { role: 'intake', open })
    const page = await (await newContext(test)).newPage()
    await page.goto(`${door.url}/pixels`)
    await page.getByText('Relay: none now').waitFor()
    await startRelay(test, { role: 'delivery', env: { WAYBILL_ENDPOINT: door.api.url }, open })
    assert.equal((await door.bring([order('a')])).status, 200)
    await page.getByText(`Relay: ${hostname()}:${process.pid}`).waitFor()
  })
})
