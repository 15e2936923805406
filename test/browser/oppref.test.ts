/** From an ad to an order, two pages later, in a real browser. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, BrowserContext } from 'playwright-core'
import { launch, NO_BROWSER } from './chromium.ts'
import { openShop, SHOP_NAMES, type Shop } from './shops.ts'

/** Click references as an ad may put them into the address; the last ones are escaped by the browser itself. */
const REFERENCES = [
  'AbC%2Bd+e%20f',
  '%E4%zz%%c3%a4%C3%A4',
  'YWJj==;a,b~(c)*',
  '%26amp%3B%253D',
  'a&amp;b',
  "it's é",
] as const

const DAY_S = 24 * 60 * 60

describe('a visitor who comes by an ad and orders two pages later', { skip: NO_BROWSER }, () => {
  let browser: Browser
  before(async () => {
    browser = await launch()
  })
  after(() => browser?.close())

  /** Lands with a click reference, follows a link and orders. Gives the browser's context for its cookies. */
  async function visit(shop: Shop, reference: string, ads: 'yes' | 'no'): Promise<BrowserContext> {
    const context = await browser.newContext()
    context.setDefaultTimeout(10_000)
    await context.addCookies([{ name: 'ads', value: ads, url: shop.url }])
    const page = await context.newPage()
    await page.goto(`${shop.url}/?utm_source=chat&oppref=${reference}&x=1`)
    await page.click('a')
    await page.waitForURL('**/product')
    await page.click('button')
    await page.waitForURL('**/order')
    assert.equal(await page.textContent('h1'), 'Thank you')
    assert.ok(!String(await page.evaluate('document.cookie')).includes('oppref'), 'no script can read our cookie')
    return context
  }

  for (const name of SHOP_NAMES) {
    for (const reference of REFERENCES) {
      it(`${name}: the order carries ${reference} byte for byte`, async (test) => {
        const shop = await openShop(name)
        test.after(shop.close)
        const context = await visit(shop, reference, 'yes')
        test.after(() => context.close())
        const sent = /[?&]oppref=([^&]*)/.exec(shop.targets[0]!)?.[1]
        assert.equal(sent, new URL(`http://a/?oppref=${reference}`).search.slice('?oppref='.length).split('&')[0])
        const [{ event } = { event: undefined }] = shop.emulator.events()
        assert.deepEqual([event?.['oppref'], event?.['source_url']], [sent, `${shop.url}/order`])
        const [cookie, ...others] = (await context.cookies()).filter((one) => one.name !== 'ads')
        assert.deepEqual(others, [])
        const { name: cookieName, path, httpOnly, sameSite, secure, expires } = cookie!
        assert.deepEqual([cookieName, path, httpOnly, sameSite, secure], ['waybill_oppref', '/', true, 'Lax', false])
        assert.ok(Math.abs(expires - Date.now() / 1000 - 30 * DAY_S) < DAY_S)
      })
    }

    it(`${name}: without consent the order carries none, and no cookie was set`, async (test) => {
      const shop = await openShop(name)
      test.after(shop.close)
      const context = await visit(shop, REFERENCES[0], 'no')
      test.after(() => context.close())
      const [stored] = shop.emulator.events()
      assert.ok(stored !== undefined && !('oppref' in stored.event))
      assert.deepEqual(
        (await context.cookies()).map((one) => one.name),
        ['ads'],
      )
    })
  }
})
