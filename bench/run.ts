/** Runs every bench, one after the other so that none disturbs another. Each prints its figure and fails above its ceiling. */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('./', import.meta.url))
/** This file, and what is told what to compare. */
const NOT_A_BENCH: ReadonlySet<string> = new Set(['run.ts', 'compare.ts'])
const wanted = process.argv.slice(2)
const benches = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.ts') && !NOT_A_BENCH.has(name))
  .filter((name) => wanted.length === 0 || wanted.some((word) => name.startsWith(word)))

const failed = benches.filter((name) => {
  const run = spawnSync(process.execPath, ['--conditions=waybill-source', `${FOLDER}${name}`], { stdio: 'inherit' })
  return run.status !== 0
})
if (failed.length > 0) process.stderr.write(`Above their ceiling: ${failed.join(', ')}\n`)
process.exitCode = failed.length > 0 ? 1 : 0
