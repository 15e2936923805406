/** The page by keyboard alone, and what the address holds. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser } from 'playwright-core'
import { launch, NO_BROWSER } from '../chromium.ts'
import { quietAnswers } from './answers.cases.ts'
import { openScene, openStage, type Stage } from './stage.ts'

const WELL = { name: 'keys', path: '/?pixel=shop-002.example&range=7d', answers: quietAnswers }
const GOES = [
  ['r', '/refused'],
  ['e', '/events'],
  ['p', '/pixels'],
  ['s', '/signal'],
  ['q', '/requests'],
  ['a', '/activity'],
  ['x', '/sandbox'],
  ['t', '/'],
] as const

describe('the keyboard', { skip: NO_BROWSER }, () => {
  let browser: Browser
  let stage: Stage
  before(async () => {
    stage = await openStage()
    browser = await launch()
  })
  after(async () => {
    await browser?.close()
    stage?.close()
  })

  it('goes to every page, and pixel and range stay', async (test) => {
    const { page } = await openScene(browser, stage, WELL)
    test.after(() => page.context().close())
    for (const [key, path] of GOES) {
      await page.keyboard.press('g')
      await page.keyboard.press(key)
      await page.waitForURL((url) => url.pathname === path, { waitUntil: 'commit' })
      const { searchParams } = new URL(page.url())
      assert.deepEqual([searchParams.get('pixel'), searchParams.get('range')], ['shop-002.example', '7d'])
    }
  })

  for (const key of ['/', 'Control+k'] as const) {
    it(`searches with ${key}: a page, a pixel, an id`, async (test) => {
      const { page } = await openScene(browser, stage, { ...WELL, path: '/' })
      test.after(() => page.context().close())
      const find = async (text: string, arrived: (url: URL) => boolean): Promise<void> => {
        await page.keyboard.press(key)
        await page.getByRole('dialog').waitFor()
        await page.keyboard.type(text)
        await page.locator('[role="menuitem"][data-focused]').waitFor()
        await page.keyboard.press('Enter')
        await page.waitForURL(arrived)
        await page.getByRole('dialog').waitFor({ state: 'detached' })
      }
      await find('Signal', ({ pathname }) => pathname === '/signal')
      await find(
        'shop-003',
        ({ pathname, searchParams }) => pathname === '/' && searchParams.get('pixel') === 'shop-003.example',
      )
      await find(
        'order_47',
        ({ pathname, searchParams }) => pathname === '/events' && searchParams.get('id') === 'order_47',
      )
    })
  }

  it('types letters into fields without going anywhere, and Escape closes what lies over the page', async (test) => {
    const { page } = await openScene(browser, stage, { ...WELL, path: '/events' })
    test.after(() => page.context().close())
    await page.getByLabel('Event id, order key or email').fill('')
    await page.keyboard.type('g/r')
    assert.equal(await page.getByLabel('Event id, order key or email').inputValue(), 'g/r')
    assert.equal(new URL(page.url()).pathname, '/events')
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.searchParams.get('id') === 'g/r')
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  it('an email is asked about as its digest, in a body, and never stands in an address', async (test) => {
    const digest = '973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b'
    const asked: [address: string, body: string][] = []
    const { page } = await openScene(browser, stage, {
      ...WELL,
      path: '/events',
      answers: (now) => ({ ...quietAnswers(now), 'POST /api/events/search': quietAnswers(now)['/api/events'] }),
    })
    test.after(() => page.context().close())
    page.on('request', (request) => asked.push([request.url(), request.postData() ?? '']))
    await page.getByLabel('Event id, order key or email').fill(' Test@Example.com ')
    await page.keyboard.press('Enter')
    await page.getByText('only its digest was asked about').waitFor()
    assert.ok(
      asked.some(([address, body]) => address.endsWith('/api/events/search') && JSON.parse(body).identity === digest),
    )
    assert.deepEqual(
      asked.filter(([address, body]) => /example\.com/i.test(address.replace(/pixel=[^&]*/, '') + body)),
      [],
    )
    assert.ok(!/example\.com/i.test(page.url()))
  })
})
