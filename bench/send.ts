/**
 * `waybill send` of a shop's export: the real command, to a server in a process of its own that counts what it takes. The parser, the
 * command and `waybill validate` take turns on one file, since what else runs on the machine changes by the minute.
 * Prints rows a second, that rate as a share of csv-parse reading the same file once (both readings of the command count) and of
 * `waybill validate`, how much of a processor a row takes, the resident memory at most, and by how much it exceeds that at 10,000 rows.
 * Exits 1 where that is 60 MB or more, or where the median of the turns' shares of csv-parse is below its floor.
 *
 *   node --conditions=waybill-source bench/send.ts [rows] [turns]
 */
import { once } from 'node:events'
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { parse } from 'csv-parse'
import { type Counted, startCounter, type Took, timed } from './send/processes.ts'

const MAX_GROWTH_MB = 60
const MIN_SHARE = 0.25
const SMALL_ROWS = 10_000
const LARGE_ROWS = 500_000
const TURNS = 3
const HEADER =
  'Order ID,type,Paid at,action_source,source_url,Email,Country,Zip,Total,Currency,Lineitem sku,Lineitem name,Quantity,Note\n'
const THIS = fileURLToPath(import.meta.url)

const [role, file] = process.argv.slice(2)
if (role === 'parse') await readOnly(file!)
else await bench(Number(role ?? LARGE_ROWS), Number(file ?? TURNS))

interface Turn {
  readonly parsed: Took
  readonly validated: Took
  readonly sent: Took
}

async function bench(rows: number, turns: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-bench-'))
  const counter = await startCounter()
  try {
    const path = await writeOrders(folder, rows)
    const done: Turn[] = []
    for (let turn = 0; turn < turns; turn++) done.push(await takeTurn(path, rows, counter))
    const small = await send(await writeOrders(folder, SMALL_ROWS), SMALL_ROWS, counter)
    report(rows, done, small.peakMb)
  } finally {
    counter.stop()
    rmSync(folder, { recursive: true })
  }
}

async function takeTurn(path: string, rows: number, counter: Counted): Promise<Turn> {
  const before = await timed('the CSV parser alone', [THIS, 'parse', path])
  const sent = await send(path, rows, counter)
  const after = await timed('the CSV parser again', [THIS, 'parse', path])
  const validated = await timed('waybill validate', ['validate', path])
  const mean = (of: (took: Took) => number): number => (of(before) + of(after)) / 2
  const parsed = { seconds: mean((took) => took.seconds), cpuSeconds: mean((took) => took.cpuSeconds), peakMb: 0 }
  return { parsed, validated, sent }
}

async function send(path: string, rows: number, counter: Counted): Promise<Took> {
  // What the turn before found out is kept in the state of the file: with it, the command would read once.
  rmSync(`${path}.waybill`, { force: true })
  const before = await counter.events()
  const where = ['--pixel', 'bench', '--endpoint', counter.url, '--fresh']
  const took = await timed('waybill send', ['send', path, ...where])
  const taken = (await counter.events()) - before
  if (taken < rows) throw new Error(`${taken} events of ${rows} rows came`)
  return took
}

function report(rows: number, turns: readonly Turn[], smallPeakMb: number): void {
  for (const { parsed, validated, sent } of turns) {
    const rate = ({ seconds }: Took): string => whole(rows / seconds)
    const share = (of: Took): string => (of.seconds / sent.seconds).toFixed(2)
    process.stdout.write(
      `send: ${rate(sent)} rows/s, ${share(parsed)} of csv-parse alone (${rate(parsed)} rows/s, floor ${MIN_SHARE}), ${share(validated)} of waybill validate (${rate(validated)} rows/s)\n`,
    )
    const each = ({ cpuSeconds }: Took): string => ((cpuSeconds / rows) * 1e6).toFixed(0)
    process.stdout.write(
      `send: ${each(sent)} µs of processors a row, all threads; csv-parse ${each(parsed)}, waybill validate ${each(validated)}\n`,
    )
  }
  const peakMb = Math.max(...turns.map(({ sent }) => sent.peakMb))
  const growthMb = peakMb - smallPeakMb
  process.stdout.write(
    `send: ${peakMb.toFixed(0)} MB at most, ${growthMb.toFixed(1)} MB more at ${whole(rows)} rows than at ${whole(SMALL_ROWS)} (ceiling ${MAX_GROWTH_MB})\n`,
  )
  const share = median(turns.map(({ parsed, sent }) => parsed.seconds / sent.seconds))
  process.stdout.write(`send: ${share.toFixed(2)} of csv-parse alone in the median of ${turns.length} turns\n`)
  if (growthMb >= MAX_GROWTH_MB || share < MIN_SHARE) process.exitCode = 1
}

/** Of an even number the lower one in the middle: what is reached in half of the turns only is not reached. */
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!
}

function whole(number: number): string {
  return Math.round(number).toLocaleString('en-US')
}

/** The parser with nothing behind it. */
async function readOnly(path: string): Promise<void> {
  await pipeline(createReadStream(path), parse({ delimiter: ',', on_record: () => null }))
}

async function writeOrders(folder: string, rows: number): Promise<string> {
  const path = join(folder, `orders-${rows}.csv`)
  const stream = createWriteStream(path)
  stream.write(HEADER)
  const now = Date.now()
  for (let number = 1; number <= rows; number++) {
    if (!stream.write(orderLine(number, now))) await once(stream, 'drain')
  }
  await new Promise((resolve) => stream.end(resolve))
  process.stderr.write(`wrote ${whole(rows)} rows, ${whole(statSync(path).size / 1e6)} MB\n`)
  return path
}

/** Orders of the last six days, with what a shop exports beside what the API wants. */
function orderLine(number: number, now: number): string {
  const paidAt = new Date(now - (number % 500_000) * 1_000).toISOString()
  const cents = String(number % 100).padStart(2, '0')
  const person = `firstname.lastname${number * 7}@mail${number % 50}.example.com`
  const note = number % 20 === 0 ? '"gift, wrap it ""nicely"""' : ''
  return `SHOP-${100_000 + number},order_created,${paidAt},web,https://shop.example.com/checkout/thank-you,${person},US,${10_000 + (number % 89_999)},${10 + (number % 300)}.${cents},USD,sku_${number % 900},"Filter, pack of ${number % 9}",${1 + (number % 3)},${note}\n`
}
