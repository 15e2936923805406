import type { Command } from 'commander'
import { systemRuntime } from 'waybill'
import { requireCheckedTls } from 'waybill/client'
import type { Finding, Level } from '../../doctor/index.ts'
import { EXIT, type Io, print, type Style, say, style } from '../io.ts'

interface DoctorOptions {
  readonly config?: string
  readonly integrity?: boolean
  readonly json?: boolean
}

export function registerDoctor(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('doctor')
    .option('--config <file>', 'configuration (or WAYBILL_CONFIG; default waybill.config.json where there is one)')
    .option('--integrity', 'also look through all of the data file, which takes as long as it is large')
    .option('--json', 'print what was found as JSON on stdout')
    .addHelpText(
      'after',
      '\nExit codes: 0 all well, warnings allowed; 1 something is wrong; 2 wrong use; 3 interrupted.',
    )
    .action(async (options: DoctorOptions) => exit(await examineAll(options, io)))
}

/** Longer than a good answer takes by far, and short enough to wait for. */
const TIMEOUT_MS = 10_000

async function examineAll({ config, integrity = false, json = false }: DoctorOptions, io: Io): Promise<number> {
  requireCheckedTls(io.env)
  const { examine, isWell } = await import('../../doctor/index.ts')
  const findings: Finding[] = []
  const runtime = { ...(io.runtime ?? systemRuntime), now: io.now }
  const asking = { fetch, runtime, timeoutMs: TIMEOUT_MS, signal: io.signal }
  for await (const finding of examine({ ...asking, env: io.env, path: config, thorough: integrity })) {
    if (io.signal.aborted) break
    findings.push(finding)
    if (!json) print(io, line(finding, io))
  }
  if (io.signal.aborted) return EXIT.failed
  const ok = isWell(findings)
  if (json) print(io, JSON.stringify({ ok, findings }))
  else say(io, summary(findings))
  return ok ? EXIT.ok : EXIT.refused
}

const MARKS: Readonly<Record<Level, readonly [mark: string, colour: Style]>> = {
  ok: ['✓', 'green'],
  warning: ['!', 'yellow'],
  wrong: ['✗', 'red'],
  skipped: ['–', 'dim'],
}

function line({ check, about, level, message, next }: Finding, io: Io): string {
  const [mark, colour] = MARKS[level]
  const text = next === undefined ? message : `${message} → ${next}`
  // Part of it may be the API's own words, which can hold anything.
  const plain = `${about}: ${text}`.replace(/\s+/g, ' ')
  return `${style(io, colour, mark, io.stdout)} ${check.padEnd(14)} ${plain}`
}

function summary(findings: readonly Finding[]): string {
  const count = (wanted: Level): number => findings.filter(({ level }) => level === wanted).length
  const [wrong, warnings] = [count('wrong'), count('warning')]
  if (wrong > 0) return `\n${wrong} wrong: fix what is marked ✗ and run waybill doctor again.`
  return warnings > 0 ? '\nIt can work; look at what is marked !.' : '\nAll well: waybill serve.'
}
