/** Every page in every state, in a real browser: no barrier, nothing against the policy, nothing sticks out. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { launch, NO_BROWSER } from '../chromium.ts'
import { SCENES } from './scenes.ts'
import { openScene, openStage, type Stage } from './stage.ts'

const AXE = readFileSync(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8')
const SCHEMES = ['light', 'dark'] as const
/** A phone, and a window of 1,280 at 200%. */
const WIDTHS = [360, 640] as const

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[]
}

/** What a checker of barriers finds, whatever its weight. */
async function barriers(page: Page): Promise<string[]> {
  const { violations } = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResult
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`))
}

const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
const NEXT_FRAME = 'new Promise((done) => requestAnimationFrame(() => done(0)))'
const MAX_FRAMES = 120

/** By how much the page is wider than the window. The chart takes its new width some frames after the window has. */
async function settledOverflow(page: Page): Promise<unknown> {
  for (let frame = 0; frame < MAX_FRAMES && (await page.evaluate(OVERFLOW)) !== 0; frame++)
    await page.evaluate(NEXT_FRAME)
  return page.evaluate(OVERFLOW)
}

describe('the page', { skip: NO_BROWSER }, () => {
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

  for (const scene of SCENES) {
    it(`has no barrier and keeps its policy: ${scene.name}`, async (test) => {
      const { page, complaints } = await openScene(browser, stage, scene, { viewport: { width: 1_280, height: 900 } })
      test.after(() => page.context().close())
      const session = await page.context().newCDPSession(page)
      await session.send('Runtime.evaluate', { expression: AXE })
      for (const colorScheme of SCHEMES) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        assert.deepEqual(await barriers(page), [], colorScheme)
      }
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 740 })
        assert.equal(await settledOverflow(page), 0, `at ${width} px`)
      }
      assert.deepEqual(complaints, [])
    })
  }
})
