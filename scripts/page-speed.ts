/** How long until sentence and figures of Today stand on the screen, at a processor four times slower, on loopback: `node --conditions=waybill-source scripts/page-speed.ts`. */
import { launch } from '../test/browser/chromium.ts'
import { quietAnswers } from '../test/browser/page/answers.cases.ts'
import { openStage } from '../test/browser/page/stage.ts'

const RUNS = 5
const SLOWER = 4
const CEILING_MS = 1_500

const browser = await launch()
const stage = await openStage({ answers: quietAnswers })
const times: number[] = []
for (let run = 0; run < RUNS; run += 1) times.push(await timeToFigures())
const median = times.toSorted((left, right) => left - right)[Math.floor(RUNS / 2)]!
process.stdout.write(
  `sentence and figures after ${times.map(Math.round).join(', ')} ms; median ${Math.round(median)} ms, at most ${CEILING_MS}\n`,
)
stage.close()
await browser.close()
process.exitCode = median <= CEILING_MS ? 0 : 1

/** From the beginning of the navigation to the frame that shows them, by the browser's own clock. */
async function timeToFigures(): Promise<number> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1_280, height: 900 } })
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
  await page.addInitScript(`new MutationObserver((_, watcher) => {
    if (document.querySelector('#sentence') === null || document.querySelector('.stage b') === null) return
    watcher.disconnect()
    requestAnimationFrame(() => requestAnimationFrame((at) => { globalThis.figuresMs = at }))
  }).observe(document, { childList: true, subtree: true })`)
  await page.goto(stage.url)
  await page.waitForSelector('#sentence')
  let atMs: unknown
  while (typeof atMs !== 'number') atMs = await page.evaluate('globalThis.figuresMs')
  await context.close()
  return atMs
}
