import { accessSync, constants, existsSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Report } from '../upload/tally.ts'
import { UsageError } from './io.ts'

/** Looks, before anything is sent, whether the report can be written and would overwrite nothing that is in use. */
export function checkReportPath(path: string, taken: readonly string[]): void {
  if (taken.some((other) => isSameFile(other, path))) {
    throw new UsageError(`The report ${path} would overwrite a file of this very run: name another with --report.`)
  }
  try {
    if (existsSync(path) && statSync(path).isDirectory()) throw new Error('is a folder')
    accessSync(existsSync(path) ? path : dirname(path), constants.W_OK)
  } catch {
    throw unwritable(path)
  }
}

/** Writes the counts of a run as JSON. */
export function writeReport(path: string, report: Report): void {
  try {
    writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`)
  } catch {
    throw unwritable(path)
  }
}

/** Whether two paths lead to one file, whichever way, or would once it is there. */
export function isSameFile(path: string, other: string): boolean {
  return place(path) === place(other)
}

function place(path: string): string {
  return existsSync(path) ? realpathSync(path) : resolve(path)
}

function unwritable(path: string): UsageError {
  return new UsageError(`The report ${path} cannot be written: check the folder and your rights in it.`)
}
