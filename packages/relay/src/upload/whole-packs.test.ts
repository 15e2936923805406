import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { tempFile } from '../files/files.helpers.ts'
import { openInput, surveyFile } from '../files/index.ts'
import { createJudge } from './checked.ts'
import { jobOf, marked } from './reading/index.ts'
import type { Sender } from './sender.ts'
import { Tally } from './tally.ts'
import { uploadFile } from './upload.ts'

const ORDERS = 12_000
const NOW_MS = Date.now()
const HEADER = 'Order ID,type,Paid at,action_source,source_url,Email,Total,Currency\n'

/** Every thousandth order has an amount that is none, and every thousandth an address that is none. */
function table(): string {
  const at = new Date(NOW_MS - 60_000).toISOString()
  const lines = Array.from({ length: ORDERS }, (_, order) => {
    const total = order % 1_000 === 7 ? 'ten' : '10.50'
    const email = order % 1_000 === 9 ? 'nobody at all' : `jane${order}@example.com`
    return `S-${order},order_created,${at},web,https://shop.example.com/,${email},${total},USD\n`
  })
  return HEADER + lines.join('')
}

interface Ran {
  readonly tally: Tally
  /** Ids of what went out in packs, and one by one. */
  readonly whole: readonly string[]
  readonly single: readonly string[]
}

/** A reading beside this thread, into a sender of which a test says what becomes of a pack. */
async function upload(context: TestContext, isTaken: (pack: number) => boolean, rate?: number): Promise<Ran> {
  const options = { stdin: process.stdin, signal: new AbortController().signal }
  const input = (await openInput(tempFile(context, 'orders.csv', table()), options))!
  const survey = await surveyFile(input.open, { contract: '2026-06' })
  const job = jobOf(input, survey, { timeZone: undefined, contract: '2026-06', wantsRows: false })!
  const whole: string[] = []
  const single: string[] = []
  let packs = 0
  const sender: Sender = {
    async send(events) {
      single.push(...events.map(({ id }) => id!))
      return events.map(() => ({ status: 'delivered', issues: [] }))
    },
    async sendWhole({ good }) {
      if (!isTaken(packs++)) return false
      whole.push(...Array.from(marked(good), ({ key }) => key.toString().split('\0')[1]!))
      return true
    },
  }
  const tally = new Tally()
  const judge = createJudge({ contract: '2026-06', now: () => NOW_MS })
  const stopped = await uploadFile(input, survey, {
    ...{ judge, tally, rate, signal: options.signal, beside: { job } },
    openSender: async () => sender,
  })
  assert.equal(stopped, undefined)
  return { tally, whole, single }
}

function assertEachOnce({ tally, whole, single }: Ran): void {
  const { rows, total, delivered, refused } = tally.report
  const bad = ORDERS / 1_000
  assert.deepEqual([rows, total, delivered, refused], [ORDERS, ORDERS, ORDERS - bad, bad])
  assert.equal(tally.taken, ORDERS)
  assert.equal(new Set([...whole, ...single]).size, whole.length + single.length)
  assert.equal(whole.length + single.length, ORDERS - bad)
}

test('what is plain goes out in packs, what is remarked on by itself, and each once', async (context) => {
  const ran = await upload(context, () => true)
  assertEachOnce(ran)
  assert.ok(ran.whole.length > ORDERS / 4, `${ran.whole.length} in packs`)
  assert.ok(ran.single.includes('S-9009') && !ran.whole.includes('S-9009'))
  assert.equal(ran.tally.warnings()[0]?.count, ORDERS / 1_000)
})

test('a pack that comes to nothing is sent event by event', async (context) => {
  const ran = await upload(context, (pack) => pack % 2 === 0)
  assertEachOnce(ran)
  assert.ok(ran.whole.length > 0)
  const none = await upload(context, () => false)
  assertEachOnce(none)
  assert.equal(none.whole.length, 0)
})

test('where events have a rate, no pack goes out at once', async (context) => {
  const ran = await upload(context, () => true, 1_000_000)
  assertEachOnce(ran)
  assert.equal(ran.whole.length, 0)
})
