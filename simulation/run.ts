/**
 * `npm run simulate -- --seeds 10000`: so many lives of the relay, each checked, on all cores. Stopped, it goes on where it was as long
 * as the sources stay the same. `--seed 17` lives one life and tells what happened in it. `--help` lists the rest.
 */
import { parseArgs } from 'node:util'
import { BROKEN } from './broken/index.ts'
import { FAULT_NAMES, type FaultName } from './faults.ts'
import { simulateMany } from './many.ts'
import { Progress } from './progress.ts'
import { faultTable, problemList } from './report.ts'
import { BROKEN_SEVERAL } from './several/broken.ts'
import { LEAN_NAMES, type Lean } from './several/plan.ts'
import { type Outcome, simulate, type Task } from './simulate.ts'

const HELP = `npm run simulate -- [options]
  --seeds N        lives to live (300)
  --from N         the first seed (1)
  --seed N         live this one and print its timeline
  --fault NAME     every life has this fault: ${FAULT_NAMES.join(', ')}
  --only NAMES     no other faults than these, with commas between
  --sabotage NAME  a relay that is broken on purpose: ${Object.keys(BROKEN).join(', ')}
  --relays N       several relays on one data set, with mishaps of their own; --sabotage: ${Object.keys(BROKEN_SEVERAL).join(', ')}
  --lean NAME      with --relays, every life is about this: ${LEAN_NAMES.join(', ')}
  --fresh          forget what an earlier run came to
`

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '300' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    fault: { type: 'string' },
    only: { type: 'string' },
    sabotage: { type: 'string' },
    relays: { type: 'string' },
    lean: { type: 'string' },
    fresh: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const kind = {
  fault: values.fault === undefined ? undefined : faultName(values.fault),
  pool: values.only?.split(',').map(faultName),
  sabotage: values.sabotage,
  relays: values.relays === undefined ? undefined : Number(values.relays),
  lean: values.lean === undefined ? BROKEN_SEVERAL[values.sabotage ?? '']?.lean : leanName(values.lean),
}

if (values.help) process.stdout.write(HELP)
else if (values.seed !== undefined) await tellOne({ ...kind, seed: Number(values.seed) })
else await liveMany(Number(values.from), Number(values.seeds))

function faultName(text: string): FaultName {
  const found = FAULT_NAMES.find((name) => name === text)
  if (found === undefined) throw new Error(`There is no fault "${text}"; there are ${FAULT_NAMES.join(', ')}.`)
  return found
}

function leanName(text: string): Lean {
  const found = LEAN_NAMES.find((name) => name === text)
  if (found === undefined) throw new Error(`No life is about "${text}"; there are ${LEAN_NAMES.join(', ')}.`)
  return found
}

async function tellOne(task: Task): Promise<void> {
  const outcome = await simulate(task, (line) => process.stdout.write(`${line}\n`))
  process.stdout.write(
    `\nfaults: ${outcome.faults.join(', ')}\n${problemList(outcome, 1_000) || 'every promise held'}\n`,
  )
  process.exitCode = outcome.problems.length > 0 ? 1 : 0
}

async function liveMany(from: number, seeds: number): Promise<void> {
  const progress = new Progress(kind, values.fresh)
  const outcomes = progress.outcomes.filter(({ seed }) => seed >= from && seed < from + seeds)
  const known = new Set(outcomes.map(({ seed }) => seed))
  const left = Array.from({ length: seeds }, (_, index) => from + index).filter((seed) => !known.has(seed))
  if (known.size > 0) process.stderr.write(`${known.size} seeds were lived before\n`)
  for (const outcome of outcomes) tellFailure(outcome)
  const startedMs = performance.now()
  let done = 0
  await simulateMany(left.map((seed) => ({ ...kind, seed })).values(), (outcome) => {
    progress.keep(outcome)
    outcomes.push(outcome)
    tellFailure(outcome)
    done += 1
    if (done % 25 !== 0) return
    const leftMs = ((performance.now() - startedMs) / done) * (left.length - done)
    process.stderr.write(
      `${outcomes.length} of ${seeds} seeds, ${failures(outcomes)} failed, ${duration(leftMs)} left\n`,
    )
  })
  const failed = failures(outcomes)
  process.stdout.write(`${faultTable(outcomes)}\n\n${outcomes.length - failed} passed, ${failed} failed\n`)
  process.exitCode = failed > 0 ? 1 : 0
}

function tellFailure(outcome: Outcome): void {
  if (outcome.problems.length === 0) return
  process.stderr.write(`\nseed ${outcome.seed} (${outcome.faults.join(', ')})\n${problemList(outcome, 2)}\n`)
}

function failures(outcomes: readonly Outcome[]): number {
  return outcomes.filter(({ problems }) => problems.length > 0).length
}

function duration(ms: number): string {
  return ms < 90_000 ? `${Math.ceil(ms / 1_000)} s` : `${Math.ceil(ms / 60_000)} min`
}
