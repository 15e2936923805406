/** Takes pictures of all pages and states in both schemes, wide and as on a phone: `node --conditions=waybill-source scripts/page-pictures.ts [folder] [name…]`. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { launch } from '../test/browser/chromium.ts'
import { SCENES } from '../test/browser/page/scenes.ts'
import { openScene, openStage } from '../test/browser/page/stage.ts'

const [folder = 'tmp/page', ...names] = process.argv.slice(2)
const SIZES = { wide: { width: 1440, height: 960 }, phone: { width: 360, height: 740 } } as const
const SCHEMES = ['light', 'dark'] as const
const SETTLED_MS = 400

mkdirSync(folder, { recursive: true })
const browser = await launch()
const stage = await openStage()
for (const scene of SCENES.filter(({ name }) => names.length === 0 || names.includes(name))) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    const { page } = await openScene(browser, stage, scene, { viewport })
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme })
      await page.waitForTimeout(scene.name === 'today-offline' ? 6_000 : SETTLED_MS)
      await page.screenshot({
        path: join(folder, `${scene.name}-${size}-${colorScheme}.png`),
        fullPage: size === 'phone' && scene.press === undefined,
      })
    }
    await page.context().close()
  }
}
stage.close()
await browser.close()
