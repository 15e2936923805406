/**
 * `npm run simulate -- --seeds 2000 [--from 1]`: so many lives of the relay, each checked.
 * A failing seed is printed; `--from <seed> --seeds 1` replays it exactly.
 */
import { parseArgs } from 'node:util'
import { simulateMany } from './many.ts'
import { judge } from './oracle.ts'
import { drawPlan } from './plan.ts'
import { live, type Parts } from './world.ts'

/** The problems of one seed; empty when all promises held. */
export async function simulate(seed: number, parts: Parts): Promise<string[]> {
  let problems: string[] = []
  await live(drawPlan(seed), parts, async (life) => {
    problems = await judge(life)
  })
  return problems
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { seeds: { type: 'string', default: '300' }, from: { type: 'string', default: '1' } },
  })
  const seeds = Number(values.seeds)
  const from = Number(values.from)
  const startedMs = performance.now()
  let [done, failed] = [0, 0]
  await simulateMany(
    Array.from({ length: seeds }, (_, index) => from + index),
    ({ seed, problems }) => {
      done += 1
      if (problems.length > 0) {
        failed += 1
        process.stderr.write(`\nseed ${seed}: ${problems.length} problems\n  ${problems.slice(0, 8).join('\n  ')}\n`)
      }
      if (done % 25 !== 0) return
      const leftMs = ((performance.now() - startedMs) / done) * (seeds - done)
      process.stderr.write(`${done} of ${seeds} seeds, ${failed} failed, ${Math.ceil(leftMs / 1_000)} s left\n`)
    },
  )
  process.stdout.write(`${seeds - failed} passed, ${failed} failed\n`)
  process.exitCode = failed > 0 ? 1 : 0
}
