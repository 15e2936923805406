/** The README's picture in a real browser: its columns stand where the terminal has them. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { launch, NO_BROWSER } from './chromium.ts'

const PICTURE = readFileSync(fileURLToPath(new URL('../../docs/first-light.svg', import.meta.url)), 'utf8')
const TOLERANCE = 0.05
/** Runs in the page. */
const MEASURED =
  "[...document.querySelectorAll('text')].map((line) => ({ text: line.textContent, width: line.getComputedTextLength() }))"

interface Line {
  readonly text: string
  readonly width: number
}

describe('the picture of npm start', { skip: NO_BROWSER }, () => {
  it('keeps every space of a line, at its beginning and between columns', async () => {
    const browser = await launch()
    try {
      const page = await browser.newPage()
      await page.setContent(PICTURE)
      const lines = (await page.evaluate(MEASURED)) as readonly Line[]
      const ascii = lines.filter(({ text }) => /^[\x20-\x7e]+$/.test(text))
      const plain = ascii.find(({ text }) => !text.includes('  '))!
      const columns = ascii.filter(({ text }) => text.includes('  '))
      assert.ok(columns.length > 10)
      for (const { text, width } of columns) {
        const expected = (text.length * plain.width) / plain.text.length
        assert.ok(Math.abs(width - expected) < expected * TOLERANCE, `${width} instead of ${expected}`)
      }
    } finally {
      await browser.close()
    }
  })
})
