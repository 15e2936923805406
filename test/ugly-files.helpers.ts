import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Api, run, startApi } from '../packages/relay/src/cli/cli.helpers.ts'
import type { UglyFile } from './ugly-files.cases.ts'

export const NOW_MS: number = Date.parse('2026-11-29T12:00:00Z')
const FIXTURES = fileURLToPath(new URL('fixtures/files/', import.meta.url))

export interface Stored {
  readonly id: string
  readonly type: string
  readonly timestamp_ms: number
  readonly user?: Readonly<Record<string, unknown>>
  readonly data: { readonly amount?: number; readonly currency?: string; readonly contents?: readonly unknown[] }
}

/** What came of one `waybill send`. */
export interface Sent {
  readonly exitCode: number
  readonly stored: readonly Stored[]
  readonly byCode: Readonly<Record<string, number>>
  readonly said: string
}

/** A folder with one file to be sent, as often as it takes, to an API of its own. */
export interface Bench {
  send(options?: readonly string[], map?: object): Promise<Sent>
}

export async function bench(context: TestContext, file: string, text?: string): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-test-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const api = await startApi(context, { now: NOW_MS })
  const path = join(folder, file)
  if (text === undefined) copyFileSync(join(FIXTURES, file), path)
  else writeFileSync(path, text)
  let maps = 0
  return {
    async send(options = [], map) {
      const mapPath = join(folder, `map-${++maps}.json`)
      if (map !== undefined) writeFileSync(mapPath, JSON.stringify(map))
      const given = [...options, ...(map === undefined ? [] : ['--map', mapPath])]
      const argv = ['send', path, '--pixel', 'px', '--endpoint', api.url, '--json', ...given]
      const { exitCode, stdout, stderr } = await run(argv, { now: () => NOW_MS })
      const byCode = stdout === '' ? {} : (JSON.parse(stdout) as { byCode: Sent['byCode'] }).byCode
      return { exitCode, stored: storedIn(api), byCode, said: stderr }
    },
  }
}

function storedIn({ emulator }: Api): readonly Stored[] {
  return emulator.events().map(({ event }) => event as unknown as Stored)
}

export function lineOf({ id, type, timestamp_ms, data }: Stored): string {
  const time = new Date(timestamp_ms).toISOString().replace(/\.\d+Z/, 'Z')
  return `${id} ${type} ${time} ${data.amount ?? '-'} ${data.currency ?? '-'} ${data.contents?.length ?? 0}`
}

/** Sends a file as a person would, and once more with what the first run asked for; every conversion has to be right, and none besides. */
export async function requireRight(context: TestContext, ugly: UglyFile): Promise<void> {
  const { file, options = [], map, asks, settledBy, events, refused = {}, users } = ugly
  const { send } = await bench(context, file)
  let last = await send(options, map)
  if (asks !== undefined) {
    assert.deepEqual(last.stored.map(lineOf), [], 'something was sent before the question was answered')
    assert.ok(last.said.includes(asks), last.said)
    if (settledBy?.by !== undefined) return
    last = await send([...options, ...(settledBy?.options ?? [])], settledBy?.map)
  }
  assert.deepEqual(last.stored.map(lineOf).toSorted(), events.toSorted(), last.said)
  assert.deepEqual(last.byCode, refused)
  if (users !== undefined) assert.deepEqual(Object.fromEntries(last.stored.map(userLine)), users)
}

function userLine({ id, user = {} }: Stored): [id: string, keys: string] {
  return [
    id,
    Object.entries(user)
      .map(([key, value]) => `${key} ${String(value).slice(0, 8)}`)
      .join(', '),
  ]
}

const LETTERS = 1_200_000

/** A row of more than a million characters, above one of the usual length. */
export async function requireLongRowAside(context: TestContext): Promise<void> {
  const row = (id: number, note: string): string => `${id},2026-11-28T10:00:00Z,25.99,USD,${note}\n`
  const text = `order_id,created_at,total,currency,notes\n${row(1001, 'x'.repeat(LETTERS))}${row(1002, 'short')}`
  const { send } = await bench(context, 'long-row.csv', text)
  const { stored, byCode, said } = await send([], { type: { value: 'order_created' } })
  assert.deepEqual(stored.map(lineOf), ['1002 order_created 2026-11-28T10:00:00Z 2599 USD 0'])
  assert.deepEqual(byCode, { malformed_row: 1 })
  assert.match(said, /longer than 1,000,000 characters/)
}

/** The same file again under a map that makes other ids. */
export async function requireSecondRuleStops(context: TestContext): Promise<void> {
  const { send } = await bench(context, 'shop-orders.csv')
  const first = await send()
  const second = await send([], { id: '{Name}' })
  assert.deepEqual([first.exitCode, first.stored.length, second.exitCode], [0, 2, 2])
  assert.deepEqual(second.stored.map(lineOf), first.stored.map(lineOf))
  assert.match(second.said, /2 events were delivered with ids from "\{Id\}".*would count twice/)
}
