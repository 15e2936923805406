/** The page on a real relay: real store, real emulator, real browser. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { eventually } from '../../../packages/relay/src/http/admin/eventually.helpers.ts'
import { order, PIXEL, startRelay } from '../../../packages/relay/src/service/service.helpers.ts'
import { launch, NO_BROWSER } from '../chromium.ts'
import { listenTo } from './stage.ts'

const PATHS = ['/', '/refused', '/events', '/pixels', '/signal', '/requests', '/activity', '/sandbox'] as const

describe('the page of a relay', { skip: NO_BROWSER }, () => {
  let browser: Browser
  before(async () => {
    browser = await launch()
  })
  after(() => browser?.close())

  async function open(url: string): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> {
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1_280, height: 900 } })
    context.setDefaultTimeout(20_000)
    const page = await context.newPage()
    const complaints = listenTo(page)
    await page.goto(url)
    return { page, complaints }
  }

  it('shows on every page what the relay answers, and nothing that went wrong', async (test) => {
    const relay = await startRelay(test)
    const delivered = relay.next('event:delivered', 3)
    await relay.bring([
      order('one'),
      order('two'),
      order('three'),
      { ...order('four'), data: { type: 'contents', amount: 1, currency: 'EURO' } },
    ])
    await delivered
    const { page, complaints } = await open(relay.url)
    test.after(() => page.context().close())
    await page.locator('#sentence').waitFor()
    for (const path of PATHS) {
      await page.goto(relay.url + path)
      await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' })
      await page.locator('main [aria-busy="true"]').first().waitFor({ state: 'detached' })
      assert.deepEqual(await page.getByRole('alert').allTextContents(), [], path)
    }
    await page.goto(`${relay.url}/events?state=refused`)
    await page.getByRole('link', { name: 'four' }).click()
    await page.getByRole('heading', { level: 1, name: 'four' }).waitFor()
    assert.deepEqual(await page.getByRole('alert').allTextContents(), [])
    assert.deepEqual(complaints, [])
  })

  it('turns from empty to the first event by itself', async (test) => {
    const relay = await startRelay(test)
    const { page, complaints } = await open(relay.url)
    test.after(() => page.context().close())
    await page.getByText('No event yet').waitFor()
    assert.ok((await page.locator('pre').first().textContent())!.includes(`${relay.url}/v1/events?pid=${PIXEL}`))
    await relay.bring([order('first')])
    await page.locator('#sentence').waitFor()
    assert.deepEqual(complaints, [])
  })

  it('an engineer fixes 1,204 events at once after a try, and sees the last of them delivered', async (test) => {
    const relay = await startRelay(test)
    const wrong = Array.from({ length: 1_204 }, (_, at) => ({
      ...order(`order-${at}`),
      data: { type: 'contents', amount: 2_599, currency: 'EURO' },
    }))
    // A request takes a thousand at most.
    await relay.bring(wrong.slice(0, 602))
    await relay.bring(wrong.slice(602))
    const { page, complaints } = await open(`${relay.url}/refused`)
    test.after(() => page.context().close())
    await page.getByRole('button', { name: 'Fix all that match' }).first().click()
    await page.getByLabel('Field', { exact: true }).fill('data.currency')
    await page.getByLabel('New value').fill('EUR')
    await page.getByLabel('Events a second').fill('10000')
    await page.getByRole('button', { name: 'Try it' }).click()
    await page.getByText('1,204 would pass, 0 not, 0 too old').waitFor()
    await page.getByRole('button', { name: 'Fix and send 1,204' }).click()
    await page.getByText('1,204 of 1,204').waitFor()
    await page.goto(`${relay.url}/events?state=delivered&range=28d`)
    await page.getByText('1,204 events match').waitFor()
    assert.equal(new Set(relay.api.emulator.events().map(({ event }) => event['id'])).size, 1_204)
    assert.deepEqual(complaints, [])
  })

  it('a replay is cancelled half way', async (test) => {
    const relay = await startRelay(test)
    await relay.bring(
      Array.from({ length: 300 }, (_, at) => ({
        ...order(`order-${at}`),
        data: { type: 'contents', amount: 1, currency: 'EURO' },
      })),
    )
    const { page } = await open(`${relay.url}/refused`)
    test.after(() => page.context().close())
    await page.getByRole('button', { name: 'Replay' }).first().click()
    await page.getByLabel('Events a second').fill('60')
    await page.getByRole('button', { name: 'Send 300 again' }).click()
    await page.getByText(/^(?:[1-9]\d|1\d\d) of 300$/).waitFor()
    await page.getByRole('button', { name: /^Cancel: Replay/ }).click()
    await page.getByText('cancelled').waitFor()
    const [task] = (await relay.ask('/api/tasks')).json.tasks
    assert.ok(task.done >= 10 && task.done < 300, `${task.done} of 300`)
  })

  it('a fix is taken back while its events wait, and they are refused as they were', async (test) => {
    const relay = await startRelay(test)
    const wrong = Array.from({ length: 40 }, (_, at) => ({
      ...order(`order-${at}`),
      data: { type: 'contents', amount: 2_599, currency: 'EURO' },
    }))
    await relay.bring(wrong)
    const hold = { method: 'POST', body: JSON.stringify({ reason: 'they are to wait' }) }
    await relay.ask(`/api/pixels/${PIXEL}/hold`, hold)
    const { page, complaints } = await open(`${relay.url}/refused`)
    test.after(() => page.context().close())
    await page.getByRole('button', { name: 'Fix all that match' }).first().click()
    await page.getByLabel('Field', { exact: true }).fill('data.currency')
    await page.getByLabel('New value').fill('EUR')
    await page.getByRole('button', { name: 'Try it' }).click()
    await page.getByRole('button', { name: 'Fix and send 40' }).click()
    await page.getByText('40 of 40').waitFor()
    assert.equal((await relay.store.counts()).held, 40)
    await page.getByRole('button', { name: /^Take back: Fix/ }).click()
    await page.getByText('Take back', { exact: true }).first().waitFor()
    await eventually(async () => (await relay.store.counts()).refused === 40)
    const { events } = (await relay.ask('/api/events?state=refused&limit=40')).json
    assert.equal(events.length, 40)
    const account = (await relay.ask(`/api/events/row/${events[0].row}`)).json.account
    assert.equal(account.event.data.currency, 'EURO', 'as it was brought')
    assert.deepEqual(complaints, [])
  })
})
