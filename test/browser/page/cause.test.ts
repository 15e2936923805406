/** A marketer finds the cause of a drop: the sentence says it, and one click shows it. */
import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import type { Browser } from 'playwright-core'
import { launch, NO_BROWSER } from '../chromium.ts'
import { SCENES } from './scenes.ts'
import { openScene, openStage, type Stage } from './stage.ts'

let browser: Browser
let stage: Stage
before(async () => {
  if (NO_BROWSER) return
  stage = await openStage()
  browser = await launch()
})
after(async () => {
  await browser?.close()
  stage?.close()
})

it('the cause stands in the sentence, and one click opens its group with its remedy', {
  skip: NO_BROWSER,
}, async (test) => {
  const { page } = await openScene(browser, stage, SCENES.find(({ name }) => name === 'today-red')!)
  test.after(() => page.context().close())
  const sentence = page.locator('#sentence')
  await sentence.waitFor()
  assert.match(
    (await sentence.textContent())!,
    /1,204 refused since .*\(invalid_currency\), 98% from shop-backend, first seen at the mark “backend 2\.14”/,
  )
  await sentence.getByRole('link').click()
  await page.waitForURL((url) => url.pathname === '/refused' && url.searchParams.get('code') === 'invalid_currency')
  await page.getByText('What to do: Send a code of ISO 4217.').waitFor()
})
