import { existsSync, statSync } from 'node:fs'
import type { WaybillError } from 'waybill'
import { createRefusedWriter, FilesError, loadMapping, openFile, type RefusedWriter } from '../files/index.ts'
import { StoreError } from '../store/index.ts'
import { createJudge } from '../upload/checked.ts'
import type { Sender } from '../upload/sender.ts'
import type { Tally } from '../upload/tally.ts'
import { mapperOf, type Reading, type Stopped, type UploadOptions, uploadFile } from '../upload/upload.ts'
import { explainFailure } from './explain-failure.ts'
import type { FileOptions } from './file-options.ts'
import { limitHeap } from './heap.ts'
import { count, EXIT, type Io, print, say, style, UsageError } from './io.ts'
import type { Progress } from './progress.ts'
import { checkReportPath, writeReport } from './report-file.ts'
import { sayColumns, saySummary } from './summary.ts'

/** What a run counts with and, if it sends, how. */
export interface Run {
  readonly tally: Tally
  readonly progress: Progress
  /** Of a file of this path; called when its first event is to be sent. */
  readonly openSender?: (path: string) => Promise<Sender>
  readonly rate?: number | undefined
  readonly validateOnly?: boolean
  /** Files beside the inputs that must not be overwritten. */
  readonly secrets?: readonly string[]
}

/** How the reading of the files ended: with all of them, with a reason to stop, or with a fault of a file. */
interface RunEnd {
  readonly stopped?: Stopped
  readonly fault?: WaybillError
  /** Files that were not begun. */
  readonly unread: readonly string[]
}

/**
 * Reads, checks and, with a sender, sends files one after the other; says what happened, writes the files asked for and gives
 * the exit code. Wrong use is found before anything is sent, as far as it can be.
 */
export async function runFiles(files: readonly string[], options: FileOptions, io: Io, run: Run): Promise<number> {
  const mapping = options.map === undefined ? undefined : await loadMapping(options.map)
  const reading: Reading = { mapping, timeZone: options.timeZone, stdin: io.stdin }
  const refused = prepareOutputs(files, options, run)
  await checkFiles(files, reading)
  const judge = createJudge({ contract: options.contract, now: io.now })
  let end: RunEnd
  try {
    end = await uploadFiles(files, io, run, { ...reading, ...run, judge, refused, signal: io.signal })
  } finally {
    judge.close()
    refused?.close()
  }
  tell(end, options, io, run.tally, refused)
  return exitCode(end, run.tally)
}

function prepareOutputs(
  files: readonly string[],
  { map, report, refused }: FileOptions,
  { secrets = [] }: Run,
): RefusedWriter | undefined {
  const inputs = [...files, ...(map === undefined ? [] : [map]), ...secrets]
  if (report !== undefined) checkReportPath(report, refused === undefined ? inputs : [...inputs, refused])
  return refused === undefined ? undefined : createRefusedWriter(refused, { inputs })
}

/** With several files, a misspelt last one must not be found out after the first ones were sent. */
async function checkFiles(files: readonly string[], reading: Reading): Promise<void> {
  if (files.filter((path) => path === '-').length > 1) {
    throw new UsageError('Standard input (-) can be read only once: name it once.')
  }
  if (files.length === 1) return
  for (const path of files) {
    // What is no ordinary file may give its content only once.
    if (path === '-' || (existsSync(path) && !statSync(path).isFile() && !statSync(path).isDirectory())) continue
    const file = await openFile(path)
    try {
      mapperOf(file, reading)
    } finally {
      await file.close()
    }
  }
}

async function uploadFiles(
  files: readonly string[],
  io: Io,
  { progress, openSender }: Run,
  given: Omit<UploadOptions, 'onColumns' | 'onProgress' | 'manyFiles' | 'openSender'>,
): Promise<RunEnd> {
  // Where the command is a guest in another program's process, that program's heap is none of its business.
  if (io.stdout === process.stdout) limitHeap('file')
  for (const [at, path] of files.entries()) {
    const unread = files.slice(at + 1)
    try {
      const stopped = await uploadFile(path, {
        ...given,
        openSender: openSender && (() => openSender(path)),
        manyFiles: files.length > 1,
        onProgress: progress.update,
        onColumns(file, plan) {
          progress.pause()
          sayColumns(io, file, plan)
        },
      })
      if (stopped !== undefined) return { stopped, unread }
    } catch (error) {
      if (!(error instanceof FilesError || error instanceof StoreError)) throw error
      return { fault: error, unread }
    } finally {
      progress.pause()
    }
  }
  return { unread: [] }
}

/** Talk, report and data, after everything was counted. */
function tell(end: RunEnd, options: FileOptions, io: Io, tally: Tally, refused: RefusedWriter | undefined): void {
  const { report } = tally
  if (end.fault === undefined || report.rows > 0) saySummary(io, tally)
  sayRefused(io, tally, options.refused, refused)
  sayEnd(io, end, tally)
  if (options.json === true) print(io, JSON.stringify(report))
  if (options.report !== undefined) writeReport(options.report, report)
}

function sayRefused(io: Io, { report }: Tally, path: string | undefined, refused: RefusedWriter | undefined): void {
  const rows = refused?.rowsWritten() ?? 0
  if (rows > 0) say(io, `\n${count(rows, 'refused row')} in ${refused!.paths().join(', ')}: mend and send that file.`)
  else if (report.refused > 0) {
    say(io, '\nAdd --refused <file> to get the refused rows with their reasons, to mend and send again.')
  } else if (path !== undefined && existsSync(path)) {
    say(io, `\nNo row was refused; ${path} is there from before.`)
  }
}

function sayEnd(io: Io, { stopped, fault, unread }: RunEnd, { report }: Tally): void {
  if (stopped !== undefined) {
    say(io, `\n${style(io, 'yellow', 'stopped')}  ${stopped.message} ${stopped.hint ?? ''}`.trimEnd())
  } else if (report.failed > 0 && fault === undefined) {
    say(io, '\nWhat failed is not the fault of the rows: run the same command again, and nothing counts twice.')
  }
  if (unread.length > 0) say(io, `Not read: ${unread.join(', ')}`)
  if (fault !== undefined) explainFailure(fault, io)
}

function exitCode({ stopped, fault }: RunEnd, { report }: Tally): number {
  if (fault !== undefined) return EXIT.usage
  if (stopped !== undefined || report.failed > 0) return EXIT.failed
  return report.refused > 0 ? EXIT.refused : EXIT.ok
}
