/**
 * How many requests isolation needs to find d bad events among 1,000 when the API names nobody, each bad one confirmed alone:
 * against the fewest that any plan can need, and against sending each event alone. Draws docs/isolation.svg and writes the
 * table of docs/isolation.md. Exits 1 above a ceiling.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { draw, runPlan, seededRandom } from '../packages/waybill/src/delivery/plan.cases.ts'
import { drawChart, type Series } from './isolation/chart.ts'

const COUNT = 1_000
const DRAWS = 200
const EACH_ALONE = COUNT + 1
/** Mean requests that may not be exceeded: promised for 1 to 10 bad events and for a run. */
const CEILINGS: Readonly<Record<number, number>> = { 1: 14, 2: 25, 5: 53, 10: 92 }
const RUN_LENGTH = 10
const RUN_CEILING = 37

interface Figures {
  readonly bad: number
  readonly mean: number
  readonly max: number
  readonly halving: number
  readonly bound: number
}

function measure(bad: number): Figures {
  const draws = Array.from({ length: DRAWS }, (_, seed) => draw(bad, COUNT, seededRandom(seed + 1)))
  const requests = draws.map((drawn) => runPlan({ count: COUNT, bad: drawn }).requests)
  const halving = draws.map((drawn) => halvingRequests(0, COUNT, drawn))
  return { bad, mean: mean(requests), max: Math.max(...requests), halving: mean(halving), bound: informationBound(bad) }
}

function measureRun(): number {
  const requests = Array.from({ length: DRAWS }, (_, seed) => {
    const first = Math.floor(seededRandom(seed + 1)() * (COUNT - RUN_LENGTH + 1))
    const bad = new Set(Array.from({ length: RUN_LENGTH }, (_, step) => first + step))
    return runPlan({ count: COUNT, bad }).requests
  })
  return mean(requests)
}

/** The obvious plan: a refused group is cut in two, and both halves are sent. */
function halvingRequests(from: number, to: number, bad: ReadonlySet<number>): number {
  let isRefused = false
  for (let event = from; event < to; event++) isRefused ||= bad.has(event)
  if (!isRefused || to - from === 1) return 1
  const middle = (from + to) >> 1
  return 1 + halvingRequests(from, middle, bad) + halvingRequests(middle, to, bad)
}

/** Each answer is one yes or no, so to tell C(1000, d) sets apart takes log2 of that many; and one request to learn that d > 0. */
function informationBound(bad: number): number {
  let bits = 0
  for (let step = 0; step < bad; step++) bits += Math.log2((COUNT - step) / (step + 1))
  return bits + 1
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}

function report({ bad, mean, max, bound }: Figures): string {
  const ceiling = CEILINGS[bad] === undefined ? '' : `, ceiling ${CEILINGS[bad]}`
  const ratios = `${(mean / bound).toFixed(2)} × the bound of ${bound.toFixed(1)}, 1/${(EACH_ALONE / mean).toFixed(1)} of each alone`
  return `isolation, ${bad} bad of ${COUNT}: ${mean.toFixed(1)} requests, at most ${max}: ${ratios}${ceiling}\n`
}

function writeTable(all: readonly Figures[], run: number): void {
  const page = new URL('../docs/isolation.md', import.meta.url)
  const rows = all.map(
    ({ bad, mean, max, bound, halving }) =>
      `| ${bad} | ${bound.toFixed(1)} | ${mean.toFixed(1)} / ${max} | ${(mean / bound).toFixed(2)} | ${halving.toFixed(1)} | ${EACH_ALONE} |`,
  )
  const table = [
    '| bad events | fewest possible | this plan, mean / max | ratio | halving each refused group, mean | each alone |',
    '|---|---|---|---|---|---|',
    ...rows,
    `| a run of ${RUN_LENGTH} | – | ${run.toFixed(1)} | – | – | ${EACH_ALONE} |`,
  ].join('\n')
  const text = readFileSync(page, 'utf8')
  const written = text.replace(
    /(<!-- measured -->\n)[\s\S]*(\n<!-- end -->)/,
    (_, start, end) => `${start}${table}${end}`,
  )
  if (written !== text) writeFileSync(page, written)
}

const all = [1, 2, 5, 10, 20, 50, 100].map(measure)
const run = measureRun()
for (const figures of all) process.stdout.write(report(figures))
process.stdout.write(
  `isolation, a run of ${RUN_LENGTH} neighbours: ${run.toFixed(1)} requests, ceiling ${RUN_CEILING}\n`,
)

const points = (value: (figures: Figures) => number): Series['points'] =>
  all.map((figures) => [figures.bad, value(figures)])
writeFileSync(
  new URL('../docs/isolation.svg', import.meta.url),
  drawChart({
    title: `Requests to find the bad events among ${COUNT.toLocaleString('en')}`,
    x: { label: 'bad events', from: 1, to: 100 },
    y: { label: 'requests', from: 10, to: 2_000 },
    series: [
      { name: 'each alone', color: '#8b949e', points: points(() => EACH_ALONE) },
      { name: 'halving', color: '#d29922', points: points(({ halving }) => halving) },
      { name: 'Waybill', color: '#2f81f7', points: points(({ mean }) => mean), isMain: true },
      { name: 'fewest possible', color: '#3fb950', points: points(({ bound }) => bound), isDashed: true },
    ],
  }),
)
writeTable(all, run)
const exceeded = all.some(({ bad, mean }) => mean > (CEILINGS[bad] ?? Number.POSITIVE_INFINITY)) || run > RUN_CEILING
process.exitCode = exceeded ? 1 : 0
