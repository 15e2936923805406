import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import type { ContractSetting } from 'waybill'
import { keptForm } from '../../engine/index.ts'
import { tempFile } from '../../files/files.helpers.ts'
import { type Input, openInput, parseMapping, type Survey, surveyFile } from '../../files/index.ts'
import { createJudge } from '../checked.ts'
import { type Taken, takeEvents } from '../taken.ts'
import { isWorthAThread, jobOf } from './job.ts'
import { type Pack, Packer, unpacked } from './pack.ts'
import { readBeside } from './reading-thread.ts'

const CONTRACT: ContractSetting = '2026-06'
const HEADER = 'Order ID,type,Paid at,action_source,source_url,Email,Total,Currency,Lineitem sku,Status,Note\n'
const NOW_MS = Date.now()

function line(
  order: number,
  more: { sku?: string; total?: string; status?: string; email?: string; ageMs?: number } = {},
): string {
  const { sku = 'a', total = '10.50', status = 'paid', email = `jane${order}@example.com`, ageMs = 60_000 } = more
  const at = new Date(NOW_MS - ageMs).toISOString()
  return `S-${order},order_created,${at},web,https://shop.example.com/,${email},${total},USD,${sku},${status},"a ""note"", and\nmore"\n`
}

/** Orders of one and of two lines, one that contradicts itself, a repeat, what is left out, an address that is none, one to come. */
function table(orders: number): string {
  const rows = Array.from({ length: orders }, (_, at) => line(at) + (at % 3 === 0 ? line(at, { sku: 'b' }) : ''))
  const odd = [
    line(9_001) + line(9_001, { total: '11.00' }),
    line(9_002) + line(9_002),
    line(9_003, { status: 'refunded' }),
    line(9_004, { email: 'nobody at all' }),
    line(9_005, { total: 'ten' }),
    line(9_006, { ageMs: -3_600_000 }),
    'S-9007,one cell "too many\n',
  ]
  return HEADER + rows.join('') + odd.join('')
}

interface Made {
  readonly input: Input
  readonly survey: Survey
}

async function judged(context: TestContext, name: string, text: string, map?: object): Promise<Made> {
  const path = tempFile(context, name, text)
  const input = await openInput(path, { stdin: process.stdin, signal: new AbortController().signal })
  const mapping = map === undefined ? undefined : parseMapping(map)
  return { input: input!, survey: await surveyFile(input!.open, { mapping, contract: CONTRACT }) }
}

async function here({ input, survey }: Made): Promise<Taken[]> {
  const file = await input.open()
  const judge = createJudge({ contract: CONTRACT, now: () => NOW_MS })
  const taken: Taken[] = []
  for await (const batch of takeEvents(file, survey, { judge, outgoing: (event) => keptForm(event, [], NOW_MS) }))
    taken.push(...batch)
  await file.close()
  return taken
}

const eventsOf = ({ plain, others }: Pack): Taken[] => [...unpacked(plain), ...unpacked(others)]

/** Plain ones come before the others of their pack. */
const inOrder = (taken: Taken[]): Taken[] => taken.sort((one, other) => (one.line ?? 0) - (other.line ?? 0))

async function beside({ input, survey }: Made): Promise<Taken[]> {
  const job = jobOf(input, survey, { timeZone: undefined, contract: CONTRACT, wantsRows: true })
  assert.ok(job !== undefined)
  const taken: Taken[] = []
  for await (const pack of readBeside(job, { bytesRead: 0 })) taken.push(...eventsOf(pack))
  return inOrder(taken)
}

const view = (taken: Taken): unknown => {
  const { fated, rowCount, line, ...rest } = taken
  return JSON.parse(JSON.stringify({ fated, rowCount, line, rows: rest.rows() }))
}

const MAP = { where: { Status: ['paid'] } }

test('a thread reads a table as it is read here: every fate, every row, every word', async (context) => {
  const made = await judged(context, 'orders.csv', table(2_500), MAP)
  const [there, own] = [await beside(made), inOrder(await here(made))]
  assert.deepEqual(there.map(view), own.map(view))
  const kinds = new Set(own.map(({ fated }) => fated.kind))
  assert.deepEqual([...kinds].sort(), ['duplicate', 'good', 'left out', 'refused'])
})

test('rows that nobody wants stay in the thread; all else comes as it does with them', async (context) => {
  const { input, survey } = await judged(context, 'orders.csv', table(20), MAP)
  const job = jobOf(input, survey, { timeZone: undefined, contract: CONTRACT, wantsRows: false })!
  const there: Taken[] = []
  for await (const pack of readBeside(job, { bytesRead: 0 })) there.push(...eventsOf(pack))
  const own = inOrder(await here({ input, survey }))
  const without = (taken: Taken): unknown => view({ ...taken, rows: () => [] })
  assert.deepEqual(inOrder(there).map(without), own.map(without))
  assert.deepEqual(
    there.flatMap((taken) => taken.rows()),
    [],
  )
})

test('objects too, whole events and others', async (context) => {
  const whole = (id: string): object => {
    const about = { action_source: 'web', source_url: 'https://shop.example.com/' }
    return { id, type: 'lead_created', timestamp_ms: NOW_MS - 60_000, ...about, data: { type: 'customer_action' } }
  }
  const text = Array.from({ length: 1_200 }, (_, at) => JSON.stringify(whole(`L-${at}`))).join('\n')
  const made = await judged(context, 'leads.ndjson', `${text}\n{"id":"L-1"}\n`)
  assert.deepEqual((await beside(made)).map(view), (await here(made)).map(view))
})

test('a file that breaks off gives what stood before, and then its fault in its own words', async (context) => {
  const made = await judged(context, 'orders.csv', table(2_000), MAP)
  writeFileSync(made.input.opening().place, `${HEADER}${line(1)}${line(2)}S-3,"never closed\n`)
  const job = jobOf(made.input, made.survey, { timeZone: undefined, contract: CONTRACT, wantsRows: true })!
  const ids: unknown[] = []
  await assert.rejects(async () => {
    for await (const pack of readBeside(job, { bytesRead: 0 })) ids.push(...eventsOf(pack).map(({ line: at }) => at))
  }, /FilesError.*line \d+: the quotation mark/s)
  assert.equal(ids[0], 2)
})

test('who wants no more ends the thread', async (context) => {
  const made = await judged(context, 'orders.csv', table(5_000), MAP)
  const job = jobOf(made.input, made.survey, { timeZone: undefined, contract: CONTRACT, wantsRows: true })!
  const seen = { bytesRead: 0 }
  for await (const pack of readBeside(job, seen)) {
    assert.ok(eventsOf(pack).length === 1_000 && seen.bytesRead > 0)
    break
  }
})

test('a plan of which a map does not say all is read here', async (context) => {
  const { input, survey } = await judged(context, 'orders.csv', table(10), MAP)
  const rules = { timeZone: undefined, contract: CONTRACT, wantsRows: true }
  const withFirst = (step: object): Survey => {
    const [first, ...rest] = survey.plan.steps
    return { ...survey, plan: { ...survey.plan, steps: [{ ...first!, ...step }, ...rest] } }
  }
  assert.ok(jobOf(input, withFirst({}), rules) !== undefined)
  const { rules: read } = survey.plan.steps[0]!
  assert.equal(jobOf(input, withFirst({ rules: { ...read, time: { ...read.time, isDays: true } } }), rules), undefined)
  assert.equal(jobOf(input, withFirst({ parts: [] }), rules), undefined)
})

test('a small file, or a machine of one core, has no thread', async (context) => {
  const { input } = await judged(context, 'orders.csv', table(10), MAP)
  assert.equal(isWorthAThread(input, 2), false)
  writeFileSync(input.opening().place, Buffer.alloc(8 * 1024 * 1024))
  assert.deepEqual([isWorthAThread(input, 2), isWorthAThread(input, 1)], [true, false])
})

test('nothing is a pack too', () => {
  assert.deepEqual(eventsOf(new Packer(true).pack(7)), [])
})
