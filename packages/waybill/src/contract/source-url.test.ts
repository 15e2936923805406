import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isHttpUrl, judgeSourceUrl } from './source-url.ts'

const codesOf = (url: string): string[] => {
  const issues: { code: string }[] = []
  judgeSourceUrl(url, { issues, dropIdentity: false, keepUrlQuery: false } as never)
  return issues.map(({ code }) => code)
}

describe('what is decided without a parser', () => {
  it('is a URL to the parser too, and has nothing in it to be judged', () => {
    const host = fc.string({ unit: fc.constantFrom(...'ab0x1.-'), minLength: 1, maxLength: 12 })
    const rest = fc.string({ unit: fc.constantFrom(...'a/?#@%\\ ü;.-'), maxLength: 6 })
    let passed = 0
    fc.assert(
      fc.property(host, rest, (name, after) => {
        const url = `https://${name}${after === '' ? '' : `/${after}`}`
        if (codesOf(url).length > 0) return
        passed += 1
        assert.ok(isHttpUrl(url), url)
        assert.doesNotMatch(url, /[?#]/)
      }),
      { numRuns: 3_000 },
    )
    assert.ok(passed > 300)
  })
})
