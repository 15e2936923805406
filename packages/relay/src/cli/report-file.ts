import { writeFileSync } from 'node:fs'
import type { Report } from '../upload/tally.ts'
import { UsageError } from './io.ts'

/** Writes the counts of a run as JSON. */
export function writeReport(path: string, report: Report): void {
  try {
    writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`)
  } catch {
    throw new UsageError(`The report ${path} cannot be written: check the folder and your rights in it.`)
  }
}
