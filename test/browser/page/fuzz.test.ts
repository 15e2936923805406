/** What others wrote appears as text: ids, names and messages of 2,000 kinds, in a real browser. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import type { Browser } from 'playwright-core'
import { launch, NO_BROWSER } from '../chromium.ts'
import { account, events, quietAnswers, refusedGroup } from './answers.cases.ts'
import { openScene, openStage, type Stage } from './stage.ts'

const COUNT = 2_000
const LONG = 10_000
/** Each would do something if it were taken for more than text. */
const HOSTILE = [
  '<script>document.title="owned"</script>',
  '<img src=x onerror="document.title=\'owned\'">',
  '"><svg onload=document.title="owned">',
  "'; DROP TABLE event; --",
  '{{constructor.constructor("document.title=1")()}}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is what somebody may send.
  '${document.title="owned"}',
  'javascript:document.title="owned"',
  '\u202egnissim si gnihton\u202c',
  '\u0007\u0000\u001b[31m',
  '=1+1',
  'שלום عربى 你好 👩‍👩‍👧‍👦',
  'a'.repeat(LONG),
  `<b>${'x '.repeat(LONG / 2)}</b>`,
]

/** The same each time: hostile ones first, then what chance makes of their parts. */
const TEXTS: readonly string[] = [
  ...HOSTILE,
  ...fc.sample(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.array(fc.constantFrom(...HOSTILE), { maxLength: 3 }).map((parts) => parts.join(' ')),
    ),
    { numRuns: COUNT - HOSTILE.length, seed: 14 },
  ),
]

/** What a browser makes of a text in a document: nothing but NUL and lone halves of a letter change. */
const asShown = (text: string): string =>
  text
    .replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD')
    .replaceAll('\u0000', '')

const STICKS_OUT = 'document.documentElement.scrollWidth > document.documentElement.clientWidth'

describe('texts of others', { skip: NO_BROWSER }, () => {
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

  it(`are text in a list of ${COUNT} events, and nothing sticks out`, async (test) => {
    const answers = (now: number) => ({
      ...quietAnswers(now),
      '/api/events': { ...events(now, (at) => TEXTS[at]!, COUNT), cursor: null },
    })
    const { page, complaints } = await openScene(browser, stage, { name: 'fuzz', path: '/events', answers })
    test.after(() => page.context().close())
    await page.waitForSelector('[role="row"] a')
    const seen = new Map<number, string>()
    while (seen.size < COUNT) {
      const rows = (await page.evaluate(
        "[...document.querySelectorAll('[data-index]')].map((row) => [Number(row.dataset.index), row.querySelector('bdi').textContent])",
      )) as [number, string][]
      const known = seen.size
      for (const [at, text] of rows) seen.set(at, text)
      assert.ok(seen.size > known || known === 0, `stuck at ${known}`)
      const last = Math.max(...seen.keys())
      await page.evaluate("document.querySelector('.table').scrollTop += 500")
      const next = Math.min(last + 1, COUNT - 1)
      await page.waitForSelector(`[data-index="${next}"]`, { state: 'attached' })
    }
    const wrong = TEXTS.flatMap((text, at) =>
      asShown(seen.get(at) ?? '') === asShown(text) ? [] : [[text, seen.get(at)]],
    )
    assert.deepEqual(wrong, [])
    assert.equal(await page.evaluate(STICKS_OUT), false)
    assert.ok(!(await page.title()).includes('owned'))
    assert.deepEqual(complaints, [])
  })

  it('are text on the pages of refusals and of one event', async (test) => {
    const group = (now: number, text: string) => ({
      ...refusedGroup(now),
      code: text,
      message: text,
      path: text,
      pixel: text,
      sources: [{ source: text, events: 1 }],
    })
    const told = HOSTILE.join(' ')
    const parts = { id: told, name: told, message: told, source: told, pixel: told, masked: { id: told } }
    const answers = (now: number) => ({
      ...quietAnswers(now),
      '/api/refused': { commit: 1, groups: HOSTILE.map((text) => group(now, text)), cursor: null },
      '/api/events/row/17': { commit: 1, account: account(now, parts) },
    })
    for (const path of ['/refused', '/events/17']) {
      const viewport = { width: 360, height: 740 }
      const { page, complaints } = await openScene(browser, stage, { name: 'fuzz', path, answers }, { viewport })
      test.after(() => page.context().close())
      await page.waitForSelector('.panel code, .facts')
      assert.equal(await page.evaluate(STICKS_OUT), false, path)
      assert.equal(
        await page.evaluate("document.querySelectorAll('main script, main img, main svg[onload]').length"),
        0,
      )
      assert.ok(!(await page.title()).includes('owned'))
      assert.deepEqual(complaints, [])
    }
  })
})
