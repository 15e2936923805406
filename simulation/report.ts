import { FAULT_NAMES } from './faults.ts'
import type { Alarm } from './problem.ts'
import type { Outcome } from './simulate.ts'

/** One line a fault: lives that had it, those that failed, and how many of these had it alone. */
export function faultTable(outcomes: readonly Outcome[]): string {
  const rows = FAULT_NAMES.flatMap((name) => {
    const lives = outcomes.filter(({ faults }) => faults.includes(name))
    if (lives.length === 0) return []
    const failed = lives.filter(({ problems }) => problems.length > 0)
    const alone = failed.filter(({ faults }) => faults.length === 1)
    return [[name, String(lives.length), String(failed.length), String(alone.length), alarmsOf(failed)]]
  })
  return table([['fault', 'lives', 'failed', 'alone', 'alarms'], ...rows])
}

/** The problems of one life, a few of each kind. */
export function problemList({ problems }: Outcome, most: number): string {
  return [...new Set(problems.map(({ alarm }) => alarm))]
    .map((alarm) => {
      const list = problems.filter((problem) => problem.alarm === alarm)
      const shown = list.slice(0, most).map(({ about }) => `    ${about}`)
      return `  ${alarm}: ${list.length}\n${shown.join('\n')}`
    })
    .join('\n')
}

function alarmsOf(outcomes: readonly Outcome[]): string {
  const lives = new Map<Alarm, number>()
  for (const { problems } of outcomes)
    for (const alarm of new Set(problems.map((problem) => problem.alarm))) lives.set(alarm, (lives.get(alarm) ?? 0) + 1)
  return [...lives].map(([alarm, count]) => `${alarm} ${count}`).join(', ')
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (/^\d+$/.test(cell) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
  return rows.map((row) => line(row).trimEnd()).join('\n')
}
