/**
 * `npm run simulate -- --seeds 2000 [--from 1]`: so many lives of the relay, each checked.
 * A failing seed is printed; `--from <seed> --seeds 1` replays it exactly.
 */
import { parseArgs } from 'node:util'
import { judge } from './oracle.ts'
import { drawPlan } from './plan.ts'
import { storeParts } from './stores.ts'
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
  const parts = storeParts()
  const startedMs = performance.now()
  let failed = 0
  for (let seed = from; seed < from + seeds; seed++) {
    const problems = await simulate(seed, parts)
    if (problems.length > 0) {
      failed += 1
      process.stderr.write(`\nseed ${seed}: ${problems.length} problems\n  ${problems.slice(0, 8).join('\n  ')}\n`)
    }
    const done = seed - from + 1
    if (done % 25 === 0) {
      const left = ((performance.now() - startedMs) / done) * (seeds - done)
      process.stderr.write(`${done} of ${seeds} seeds, ${failed} failed, ${Math.ceil(left / 1_000)} s left\n`)
    }
  }
  process.stdout.write(`${seeds - failed} passed, ${failed} failed\n`)
  process.exitCode = failed > 0 ? 1 : 0
}
