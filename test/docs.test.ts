import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { stalePages } from '../scripts/docs.ts'
import { sdkExamples } from '../scripts/sdk-examples.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))

test('the generated pages say what the code says', () => {
  assert.deepEqual(stalePages(), [], 'run npm run docs')
})

describe('the reference of the SDK', () => {
  const page = readFileSync(join(ROOT, 'docs/sdk.md'), 'utf8')
  const entries = page.split(/^### /m).slice(1)
  const nameOf = (entry: string): string => /^`([^`]+)`/.exec(entry)?.[1] ?? ''
  const examples = sdkExamples()

  it('has an example for each export and each outcome, there or where a link leads', () => {
    const without = entries.filter(
      (entry) => !entry.includes('\n```ts\n') && !/^Example: \[`\w+`\]\(#\w+\)$/m.test(entry),
    )
    assert.ok(entries.length > 130)
    assert.deepEqual(without.map(nameOf), [])
    const names = entries.map(nameOf)
    const links = [...page.matchAll(/^Example: \[`(\w+)`\]/gm)].map(([, name]) => name!)
    assert.deepEqual(
      links.filter((name) => !names.includes(name)),
      [],
    )
  })

  it('has no example of what there is none of, and each name in its own', () => {
    const names = entries.map(nameOf)
    for (const example of examples)
      for (const name of example.names) {
        assert.ok(names.includes(name), name)
        assert.match(example.code, new RegExp(`\\b${name}\\b`), name)
      }
  })

  for (const owner of ['ClientOptions', 'SendOptions', 'TrackOptions', 'CheckOptions', 'SchemaOptions', 'PostOptions'])
    it(`has every field of ${owner} in an example`, () => {
      const entry = entries.find((one) => nameOf(one) === owner)!
      const fields = [...entry.matchAll(/^\| `(\w+)` \|/gm)].map(([, field]) => field!)
      const { code } = examples.find(({ names }) => names.includes(owner))!
      assert.ok(fields.length > 0)
      assert.deepEqual(
        fields.filter((field) => !new RegExp(`\\b${field}\\b`).test(code)),
        [],
      )
    })

  it('has examples that run as they stand on the page', async (context) => {
    const folder = mkdtempSync(join(ROOT, 'examples', 'data-sdk-'))
    context.after(() => rmSync(folder, { recursive: true }))
    const blocks = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code!)
    assert.equal(blocks.length, examples.length)
    for (const [at, code] of blocks.entries()) {
      const file = join(folder, `${at}.ts`)
      writeFileSync(file, code)
      await assert.doesNotReject(import(pathToFileURL(file).href), code)
    }
  })
})
