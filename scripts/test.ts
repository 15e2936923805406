/**
 * Runs the tests, or those that are named, in as many processes at a time as there are cores, and in two more those that mostly
 * wait. Says a line for each process that went well, everything of one that did not, and ends with the totals that Node's own runner ends with.
 */
import { spawn } from 'node:child_process'
import { chmodSync, globSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sum, type Task, type Totals, tasksOf, totalsOf } from './test-tasks.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const PATTERNS = ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts']
const IN_MEMORY = '/dev/shm'
const ROOM_BYTES = 2 * 1024 ** 3
const WAITING_AT_A_TIME = 2
/** A test that takes so long never ends. */
const LONGEST_TEST_MS = 900_000
/** A process that ended without a word of its tests. */
const LOST: Totals = { tests: 1, suites: 0, pass: 0, fail: 1, cancelled: 0, skipped: 0, todo: 0 }

const given = process.argv.slice(2)
const files = given.length > 0 ? given : globSync(PATTERNS, { cwd: ROOT }).sort()
process.exitCode = await runAll(tasksOf(files.map((file) => file.replaceAll('\\', '/'))))

async function runAll(tasks: readonly Task[]): Promise<number> {
  const startedMs = performance.now()
  const folder = mkdtempSync(join(memoryFolder() ?? tmpdir(), 'waybill-tests-'))
  // A PostgreSQL that root starts runs as another user, and has to get to its own files in there.
  chmodSync(folder, 0o711)
  const ends: End[] = []
  const work = async (left: Task[]): Promise<void> => {
    for (let task = left.shift(); task !== undefined; task = left.shift()) {
      const end = await run(task, folder)
      ends.push(end)
      process.stdout.write(wordsOf(end))
    }
  }
  try {
    const busy = tasks.filter(({ waits }) => !waits)
    const waiting = tasks.filter(({ waits }) => waits)
    const several = (count: number, left: Task[]): Promise<void>[] => Array.from({ length: count }, () => work(left))
    await Promise.all([...several(WAITING_AT_A_TIME, waiting), ...several(availableParallelism(), busy)])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return conclude(ends, performance.now() - startedMs)
}

interface End {
  readonly task: Task
  readonly ok: boolean
  readonly totals: Totals
  readonly output: string
  readonly tookMs: number
}

/** Data on a disk waits for the disk; where what is tested is not the disk, it lies in memory if there is room. */
function memoryFolder(): string | undefined {
  try {
    const { bavail, bsize } = statfsSync(IN_MEMORY)
    return process.platform === 'linux' && bavail * bsize >= ROOM_BYTES ? IN_MEMORY : undefined
  } catch {
    return undefined
  }
}

function run(task: Task, folder: string): Promise<End> {
  const startedMs = performance.now()
  const together = task.together ? ['--test-isolation=none'] : []
  const how = ['--conditions=waybill-source', '--test', '--test-reporter=spec', `--test-timeout=${LONGEST_TEST_MS}`]
  const args = [...how, ...together, ...task.files]
  const env = {
    ...process.env,
    // The sources are stripped of their types once, not by each process anew.
    NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/compiled'),
    ...(!task.needsDisk && { TMPDIR: folder }),
    // Set where a test runs this script; with it Node would take the tests for parts of that test.
    NODE_TEST_CONTEXT: undefined,
  }
  const child = spawn(process.execPath, args, { cwd: process.cwd(), env, stdio: ['ignore', 'pipe', 'pipe'] })
  const pieces: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => void pieces.push(piece))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      const output = Buffer.concat(pieces).toString('utf8')
      const totals = totalsOf(output)
      const ok = code === 0 && totals !== undefined && totals.fail + totals.cancelled === 0
      resolve({ task, ok, totals: totals ?? LOST, output, tookMs: performance.now() - startedMs })
    })
  })
}

function wordsOf({ task, ok, totals, output, tookMs }: End): string {
  const line = `${ok ? '✔' : '✖'} ${task.title} (${totals.pass} of ${totals.tests}, ${seconds(tookMs)} s)\n`
  return ok ? line : `${output}\n${line}`
}

function conclude(ends: readonly End[], tookMs: number): number {
  const totals = sum(ends.map((end) => end.totals))
  const failed = ends.filter(({ ok }) => !ok)
  for (const [name, count] of Object.entries(totals)) console.log(`ℹ ${name} ${count}`)
  console.log(`ℹ duration_ms ${Math.round(tookMs)}`)
  for (const { task } of failed) {
    const named = task.together ? '' : `: npm run test:unit -- ${relative('', task.files[0]!)}`
    console.log(`✖ ${task.title} failed${named}`)
  }
  // Where a process failed although no test of it did, something has to say so.
  const count = Math.max(totals.fail + totals.cancelled, failed.length)
  console.log(`${totals.pass} passed, ${count} failed, ${totals.skipped + totals.todo} skipped`)
  return failed.length > 0 || ends.length === 0 ? 1 : 0
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1)
}
