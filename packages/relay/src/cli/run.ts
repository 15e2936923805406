import { existsSync, writeFileSync } from 'node:fs'
import type { WaybillError } from 'waybill'
import {
  createRefusedWriter,
  FilesError,
  type Input,
  loadMapping,
  type Mapping,
  mapOfPlan,
  openInput,
  type RefusedWriter,
  type Survey,
  surveyFile,
} from '../files/index.ts'
import { StoreError } from '../store/index.ts'
import { createJudge } from '../upload/checked.ts'
import { isWorthAThread, jobOf, ReadingThread } from '../upload/reading/index.ts'
import type { Sender } from '../upload/sender.ts'
import type { Tally } from '../upload/tally.ts'
import { interrupted, type Stopped, type UploadOptions, uploadFile } from '../upload/upload.ts'
import { explainFailure } from './explain-failure.ts'
import type { FileOptions } from './file-options.ts'
import { limitHeap } from './heap.ts'
import { complain, count, EXIT, type Io, print, say, style, UsageError } from './io.ts'
import { sayDoubts, sayPlan } from './plan.ts'
import type { Progress } from './progress.ts'
import { checkReportPath, isSameFile, writeReport } from './report-file.ts'
import { saySummary } from './summary.ts'

/** Where the events of one file go. */
export interface Target {
  /** The state of the run, as refused rows name it. */
  readonly state?: string | undefined
  /** What an earlier run found when it read this very file; `undefined` where it has to be read again. */
  kept(): Promise<Survey | undefined>
  /** Throws `FilesError` where sending would count what is counted. */
  check(survey: Survey): Promise<void>
  /** Called when the first event of the file is to be sent. */
  open(survey: Survey): Promise<Sender>
}

/** What a run counts with and, if it sends, how. */
export interface Run {
  readonly tally: Tally
  readonly progress: Progress
  readonly targetOf?: (input: Input, mapping: Mapping | undefined) => Promise<Target>
  /** Asked once every file was judged, before anything is sent; `false` ends the run. */
  readonly mayBegin?: (judged: readonly Judged[]) => Promise<boolean>
  readonly rate?: number | undefined
  readonly validateOnly?: boolean
  /** Files beside the inputs that must not be overwritten. */
  readonly secrets?: readonly string[]
}

/** A file that was read once. */
export interface Judged {
  readonly input: Input
  readonly survey: Survey
  readonly target: Target | undefined
  /** Reads it the second time. */
  readonly thread: ReadingThread | undefined
}

/** How the reading of the files ended: with all of them, with a reason to stop, or with a fault of a file. */
interface RunEnd {
  readonly stopped?: Stopped
  readonly fault?: WaybillError
  /** Files that were not begun. */
  readonly unread: readonly string[]
}

/**
 * Judges files in a first reading, then checks and, with a target, sends them one after the other in a second; says what happened, writes
 * the files asked for and gives the exit code. What is wrong or open is found before anything is sent.
 */
export async function runFiles(files: readonly string[], options: FileOptions, io: Io, run: Run): Promise<number> {
  // Where the command is a guest in another program's process, that program's heap is none of its business.
  if (io.stdout === process.stdout) limitHeap('file')
  const mapping = options.map === undefined ? undefined : await loadMapping(options.map)
  const refused = prepareOutputs(files, options, run)
  const inputs: Input[] = []
  const threads: ReadingThread[] = []
  try {
    const judged = await judgeFiles(files, { inputs, threads }, mapping, options, io, run)
    if (judged !== undefined && !(await isReady(judged, options, io, run))) return EXIT.usage
    const end =
      judged === undefined ? { stopped: interrupted(), unread: [] } : await uploadAll(judged, options, io, run, refused)
    tell(end, options, io, run.tally, refused)
    return exitCode(end, run.tally)
  } finally {
    refused?.close()
    for (const input of inputs) input.close()
    await Promise.all(threads.map((thread) => thread.end()))
  }
}

/** What has to be ended with the run. */
interface Held {
  readonly inputs: Input[]
  readonly threads: ReadingThread[]
}

function prepareOutputs(
  files: readonly string[],
  { map, report, refused, writeMap }: FileOptions,
  { secrets = [] }: Run,
): RefusedWriter | undefined {
  if (files.filter((path) => path === '-').length > 1)
    throw new UsageError('Standard input (-) can be read only once: name it once.')
  const inputs = [...files, ...(map === undefined ? [] : [map]), ...secrets]
  const outputs = [refused, report].filter((path) => path !== undefined)
  if (
    writeMap !== undefined &&
    (existsSync(writeMap) || [...inputs, ...outputs].some((path) => isSameFile(path, writeMap)))
  )
    throw new UsageError(`The map ${writeMap} is there already: name a new file with --write-map.`)
  if (report !== undefined) checkReportPath(report, refused === undefined ? inputs : [...inputs, refused])
  return refused === undefined ? undefined : createRefusedWriter(refused, { inputs })
}

/** Reads every file once; `undefined` after an interrupt. */
async function judgeFiles(
  files: readonly string[],
  { inputs, threads }: Held,
  mapping: Mapping | undefined,
  options: FileOptions,
  io: Io,
  run: Run,
): Promise<Judged[] | undefined> {
  const { encoding, sheet } = options
  for (const path of files) {
    const input = await openInput(path, { stdin: io.stdin, signal: io.signal, encoding, sheet })
    if (input === undefined) return undefined
    inputs.push(input)
  }
  if (inputs.length === 1 && isReadBeside(inputs[0]!, io, run)) threads.push(new ReadingThread())
  const judged: Judged[] = []
  for (const input of inputs) {
    const target = await run.targetOf?.(input, mapping)
    const survey = (await target?.kept()) ?? (await judgeFile(input, mapping, options, io, run.progress))
    if (io.signal.aborted) return undefined
    judged.push({ input, survey, target, thread: threads[0] })
  }
  const all = judged.map(({ survey }) => survey.repeats)
  return judged.map(({ survey, ...rest }, at) => ({
    ...rest,
    survey: { ...survey, repeats: survey.repeats.withDiffering(all.filter((_, other) => other !== at)) },
  }))
}

async function judgeFile(
  input: Input,
  mapping: Mapping | undefined,
  { timeZone, contract }: FileOptions,
  { signal }: Io,
  progress: Progress,
): Promise<Survey> {
  try {
    return await surveyFile(input.open, { mapping, timeZone, contract, signal, onRows: progress.judging })
  } finally {
    progress.pause()
  }
}

/** Shows what each file will be read as; `false` where something is open, or a person said no. */
async function isReady(judged: readonly Judged[], options: FileOptions, io: Io, run: Run): Promise<boolean> {
  for (const { input, survey } of judged) {
    sayPlan(io, nameOf(input), survey, { contract: options.contract, now: io.now })
    sayDoubts(io, nameOf(input), survey.doubts)
  }
  if (options.writeMap !== undefined) writeMap(options.writeMap, judged, io)
  const open = judged.reduce((sum, { survey }) => sum + survey.doubts.length, 0)
  if (open > 0) {
    complain(
      io,
      `Nothing was sent: ${open === 1 ? 'one thing is' : `${open} things are`} open. ${options.writeMap === undefined ? REMEDY : `Add the lines to ${options.writeMap}, and name it with --map.`}`,
    )
    return false
  }
  for (const { target, survey } of judged) await target?.check(survey)
  return run.mayBegin === undefined || (await run.mayBegin(judged))
}

const REMEDY = 'Write the lines into a map and name it with --map; --write-map <file> writes down the rest.'

function nameOf({ path }: Input): string {
  return path === '-' ? 'standard input' : path
}

function writeMap(path: string, judged: readonly Judged[], io: Io): void {
  const { plan, mapping, doubts } = judged[0]!.survey
  const map = mapOfPlan(plan, mapping)
  const where = {
    ...(map['where'] as object | undefined),
    ...Object.assign({}, ...doubts.map((doubt) => doubt.where ?? {})),
  }
  const whole = Object.keys(where).length === 0 ? map : { ...map, where }
  try {
    writeFileSync(path, `${JSON.stringify(whole, null, 2)}\n`, { flag: 'wx' })
  } catch {
    throw new UsageError(`The map ${path} cannot be written: check the folder and your rights in it.`)
  }
  say(io, `${style(io, 'cyan', 'map    ')}  ${path} has this as a map, to be edited and named with --map`)
}

async function uploadAll(
  judged: readonly Judged[],
  options: FileOptions,
  io: Io,
  { progress, tally, rate, validateOnly }: Run,
  refused: RefusedWriter | undefined,
): Promise<RunEnd> {
  const judge = createJudge({ contract: options.contract, now: io.now, acrossFiles: judged.length > 1 })
  const given = {
    judge,
    tally,
    refused,
    rate,
    signal: io.signal,
    manyFiles: judged.length > 1,
    onProgress: progress.update,
  }
  try {
    for (const [at, file] of judged.entries()) {
      const unread = judged.slice(at + 1).map(({ input }) => nameOf(input))
      const beside = besideOf(file, options)
      const end = await uploadOne(file, { ...given, beside, ...(validateOnly === undefined ? {} : { validateOnly }) })
      progress.pause()
      if (end.stopped !== undefined || end.fault !== undefined) return { ...end, unread }
    }
    return { unread: [] }
  } finally {
    progress.pause()
    judge.close()
  }
}

/** A file that is sent and worth a thread. A guest in another program's process has its clock, and starts no threads there. */
function isReadBeside(input: Input, io: Io, { targetOf, validateOnly }: Run): boolean {
  return targetOf !== undefined && validateOnly !== true && io.stdout === process.stdout && isWorthAThread(input)
}

/** `undefined` where this thread has to read. */
function besideOf({ input, survey, thread }: Judged, options: FileOptions): UploadOptions['beside'] {
  if (thread === undefined) return undefined
  const { timeZone, contract, refused } = options
  const job = jobOf(input, survey, { timeZone, contract, wantsRows: refused !== undefined })
  return job === undefined ? undefined : { job, thread }
}

async function uploadOne(
  { input, survey, target }: Judged,
  given: Omit<UploadOptions, 'openSender' | 'run'>,
): Promise<Omit<RunEnd, 'unread'>> {
  try {
    const openSender = target && (() => target.open(survey))
    const stopped = await uploadFile(input, survey, { ...given, openSender, run: target?.state })
    return stopped === undefined ? {} : { stopped }
  } catch (error) {
    if (!(error instanceof FilesError || error instanceof StoreError)) throw error
    return { fault: error }
  }
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
  // The number that stands above, so that both are seen to be the same; an order may be several rows.
  const inRows = rows === report.refused ? '' : ` (${count(rows, 'row')})`
  const many = report.refused.toLocaleString('en-US')
  if (rows > 0) say(io, `\n${many} refused${inRows}, in ${refused!.paths().join(', ')}: fix and send that file.`)
  else if (report.refused > 0) {
    say(io, '\nAdd --refused <file> to get the refused rows with their reasons, to fix and send again.')
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

/** 2 where nothing can have been sent; 3 where something was, or was tried, and the files were not read to their end. */
function exitCode({ stopped, fault }: RunEnd, { report }: Tally): number {
  if (fault !== undefined) return report.rows > 0 ? EXIT.failed : EXIT.usage
  if (stopped !== undefined || report.failed > 0) return EXIT.failed
  return report.refused > 0 ? EXIT.refused : EXIT.ok
}
