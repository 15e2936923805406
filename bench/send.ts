/**
 * `waybill send` of a shop's export, through the command's own code, to the emulated API in a second process.
 * Prints rows a second, that rate as a share of csv-parse reading the same file once (both readings of the command count) and of
 * `waybill validate`, and by how much the sender's resident memory at 1,000,000 rows exceeds that at 10,000. Exits 1 where that is 60 MB
 * or more, or where the share of csv-parse is below its floor.
 *
 *   node --conditions=waybill-source bench/send.ts [rows]
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { createEmulator } from '@waybill/emulator'
import { main } from '@waybill/relay'
import { parse } from 'csv-parse'

const MAX_GROWTH_MB = 60
const MIN_SHARE = 0.25
const SMALL_ROWS = 10_000
const LARGE_ROWS = 1_000_000
const HEADER =
  'Order ID,type,Paid at,action_source,source_url,Email,Country,Zip,Total,Currency,Lineitem sku,Lineitem name,Quantity,Note\n'

/** What a child process measured of itself. */
interface Measured {
  readonly rows: number
  readonly seconds: number
  readonly maxRssMb: number
}

const [role, ...args] = process.argv.slice(2)
if (process.send === undefined) await bench(Number(role ?? 200_000))
else if (role === 'emulator') await emulate()
else if (role === 'send') await measure(() => send(args[0]!, args[1]!))
else if (role === 'validate') await measure(() => validate(args[0]!))
else await measure(() => readOnly(args[0]!))

async function bench(rows: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-bench-'))
  const emulator = fork(fileURLToPath(import.meta.url), ['emulator'])
  try {
    const [url] = (await once(emulator, 'message')) as [string]
    const file = await writeOrders(folder, rows)
    const parsed = await inChild('the CSV parser alone', ['parse', file])
    const validated = await inChild('waybill validate', ['validate', file])
    const sent = await inChild('waybill send', ['send', file, url])
    const small = await inChild('memory, few rows', ['send', await writeOrders(folder, SMALL_ROWS), url])
    const large = await inChild('memory, many rows', ['send', await writeOrders(folder, LARGE_ROWS), url])
    report({ parsed, validated, sent, growthMb: large.maxRssMb - small.maxRssMb })
  } finally {
    emulator.kill()
    rmSync(folder, { recursive: true })
  }
}

interface Figures {
  readonly parsed: Measured
  readonly validated: Measured
  readonly sent: Measured
  readonly growthMb: number
}

function report({ parsed, validated, sent, growthMb }: Figures): void {
  const share = rate(sent) / rate(parsed)
  const ofValidate = (rate(sent) / rate(validated)).toFixed(2)
  process.stdout.write(
    `send: ${whole(rate(sent))} rows/s, ${share.toFixed(2)} of csv-parse alone (${whole(rate(parsed))} rows/s, floor ${MIN_SHARE}), ${ofValidate} of waybill validate (${whole(rate(validated))} rows/s)\n`,
  )
  process.stdout.write(
    `send: ${growthMb.toFixed(1)} MB more at ${whole(LARGE_ROWS)} rows than at ${whole(SMALL_ROWS)} (ceiling ${MAX_GROWTH_MB})\n`,
  )
  if (growthMb >= MAX_GROWTH_MB || share < MIN_SHARE) process.exitCode = 1
}

function rate({ rows, seconds }: Measured): number {
  return rows / seconds
}

function whole(number: number): string {
  return Math.round(number).toLocaleString('en-US')
}

async function inChild(what: string, childArgs: readonly string[]): Promise<Measured> {
  process.stderr.write(`${what} … `)
  const child = fork(fileURLToPath(import.meta.url), childArgs, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const [measured] = (await Promise.race([once(child, 'message'), failed(child)])) as [Measured]
  await once(child, 'exit')
  process.stderr.write(
    `${whole(measured.rows)} rows in ${measured.seconds.toFixed(1)} s, ${whole(measured.maxRssMb)} MB at most\n`,
  )
  return measured
}

async function failed(child: ReturnType<typeof fork>): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number]
  throw new Error(`a measuring process ended with code ${code}`)
}

/** Runs the work and tells the parent what it took. */
async function measure(work: () => Promise<number>): Promise<void> {
  const startedMs = performance.now()
  const rows = await work()
  const seconds = (performance.now() - startedMs) / 1_000
  const measured: Measured = { rows, seconds, maxRssMb: process.resourceUsage().maxRSS / 1_024 }
  process.send?.(measured, () => process.disconnect())
}

async function send(file: string, url: string): Promise<number> {
  const report = `${file}.report.json`
  process.env['WAYBILL_API_KEY'] = 'bench'
  const exitCode = await main(['send', file, '--pixel', 'bench', '--endpoint', url, '--report', report])
  const text = readFileSync(report, 'utf8')
  const { rows, delivered } = JSON.parse(text) as { rows: number; delivered: number }
  if (exitCode !== 0 || delivered !== rows) throw new Error(`not all was delivered: ${text}`)
  return rows
}

async function validate(file: string): Promise<number> {
  const report = `${file}.validated.json`
  const exitCode = await main(['validate', file, '--report', report])
  const { rows } = JSON.parse(readFileSync(report, 'utf8')) as { rows: number }
  if (exitCode !== 0) throw new Error(`not all is valid: exit code ${exitCode}`)
  return rows
}

/** The parser as the reader of files uses it, with nothing behind it. */
async function readOnly(file: string): Promise<number> {
  let records = 0
  const onRecord = (): null => {
    records += 1
    return null
  }
  await pipeline(createReadStream(file), parse({ delimiter: ',', on_record: onRecord }))
  return records - 1
}

async function emulate(): Promise<void> {
  const server = await createEmulator({ keep: 'count' }).listen({ port: 0 })
  process.send?.(server.url)
}

async function writeOrders(folder: string, rows: number): Promise<string> {
  const path = join(folder, `orders-${rows}.csv`)
  const file = createWriteStream(path)
  file.write(HEADER)
  const now = Date.now()
  for (let number = 1; number <= rows; number++) {
    if (!file.write(orderLine(number, now))) await once(file, 'drain')
  }
  await new Promise((resolve) => file.end(resolve))
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
