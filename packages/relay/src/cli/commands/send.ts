import { type Command, InvalidArgumentError, Option } from 'commander'
import { type Client, CONTRACTS, type Contract, createClient, DEFAULT_ENDPOINT, type Preflight } from 'waybill'
import { createRefusedWriter, loadMapping, type RefusedWriter } from '../../files/index.ts'
import { createJudge } from '../../upload/checked.ts'
import { Tally } from '../../upload/tally.ts'
import { type Stopped, uploadFile } from '../../upload/upload.ts'
import { count, EXIT, type Io, print, say, style, UsageError } from '../io.ts'
import { createProgress } from '../progress.ts'
import { writeReport } from '../report-file.ts'
import { readApiKey } from '../secret.ts'
import { sayColumns, saySummary } from '../summary.ts'

/** Options of every command that reads files. */
export interface FileOptions {
  readonly map?: string
  readonly timeZone?: string
  readonly contract: Contract
  readonly report?: string
  readonly refused?: string
  readonly json?: boolean
}

interface SendOptions extends FileOptions {
  readonly pixel?: string
  readonly endpoint?: string
  readonly preflight: Preflight
  readonly rate?: number
  readonly validateOnly?: boolean
  readonly apiKeyFile?: string
}

/** Adds the options of every command that reads files. */
export function withFileOptions(command: Command): Command {
  return command
    .option('--map <file>', 'mapping of columns to fields (JSON)')
    .option('--time-zone <IANA>', 'zone of times that have no offset, such as Europe/Berlin')
    .addOption(
      new Option('--contract <generation>', "generation of the API's contract").choices(CONTRACTS).default('2026-06'),
    )
    .option('--report <file>', 'write the counts as JSON')
    .option('--refused <file>', 'write the refused rows, with line, codes and reasons')
    .option('--json', 'print the counts as JSON on stdout')
}

export function registerSend(program: Command, io: Io, exit: (code: number) => void): void {
  const command = program
    .command('send')
    .description('check the events of files and deliver them')
    .argument('<file...>', 'CSV, TSV, NDJSON, JSON or Parquet, also gzipped; - is standard input')
    .option('--pixel <id>', 'Pixel ID (or WAYBILL_PIXEL_ID)')
    .option('--endpoint <url>', `base URL (or WAYBILL_ENDPOINT; default ${DEFAULT_ENDPOINT})`)
    .option('--api-key-file <file>', 'file with the API key, readable by you alone (or WAYBILL_API_KEY)')
    .addOption(
      new Option('--preflight <mode>', 'what the API validates first')
        .choices(['always', 'novel', 'never'])
        .default('novel'),
    )
    .option('--rate <events>', 'events per second at most', readRate)
    .option('--validate-only', 'have the API validate everything and store nothing')
  withFileOptions(command).action(async (files: string[], options: SendOptions) => exit(await send(files, options, io)))
}

function readRate(text: string): number {
  const rate = Number(text)
  if (Number.isFinite(rate) && rate > 0) return rate
  throw new InvalidArgumentError('It must be a number above 0.')
}

async function send(files: readonly string[], options: SendOptions, io: Io): Promise<number> {
  const tally = new Tally()
  const client = createSender(options, io, tally)
  const stopped = await runFiles(files, options, io, tally, {
    client,
    rate: options.rate,
    validateOnly: options.validateOnly === true,
  })
  if (stopped !== undefined) say(io, `\n${style(io, 'yellow', 'stopped')}  ${stopped.message} ${stopped.hint ?? ''}`)
  if (stopped !== undefined || tally.report.failed > 0) return EXIT.failed
  return tally.report.refused > 0 ? EXIT.refused : EXIT.ok
}

/** The client, with its requests counted. */
function createSender(options: SendOptions, io: Io, tally: Tally): Client {
  const pixelId = options.pixel ?? io.env['WAYBILL_PIXEL_ID']
  if (!pixelId) throw new UsageError('No pixel: name it with --pixel <id>, from the conversions tab in Ads Manager.')
  return createClient({
    pixelId,
    apiKey: readApiKey(io, options.apiKeyFile),
    endpoint: options.endpoint ?? io.env['WAYBILL_ENDPOINT'],
    contract: options.contract,
    preflight: options.preflight,
    invalidIdentity: 'drop',
    fetch: (input, init) => {
      tally.report.requests += 1
      return fetch(input, init)
    },
  })
}

interface Sending {
  readonly client?: Client
  readonly rate?: number | undefined
  readonly validateOnly?: boolean
}

/** Reads, checks and, with a client, sends files one after the other; says what happened and writes the files asked for. */
export async function runFiles(
  files: readonly string[],
  options: FileOptions,
  io: Io,
  tally: Tally,
  sending: Sending,
): Promise<Stopped> {
  const mapping = options.map === undefined ? undefined : await loadMapping(options.map)
  const judge = createJudge({ contract: options.contract, now: io.now })
  const refused = options.refused === undefined ? undefined : createRefusedWriter(options.refused, { inputs: files })
  const progress = createProgress(io, tally, options.json === true)
  let stopped: Stopped
  try {
    for (const path of files) {
      stopped = await uploadFile(path, {
        ...sending,
        judge,
        tally,
        mapping,
        refused,
        timeZone: options.timeZone,
        signal: io.signal,
        stdin: io.stdin,
        manyFiles: files.length > 1,
        onColumns: (file, plan) => sayColumns(io, file, plan),
        onProgress: progress.update,
      })
      if (stopped !== undefined) break
    }
  } finally {
    progress.stop()
    judge.close()
    refused?.close()
    finish(options, io, tally, refused)
  }
  return stopped
}

function finish(options: FileOptions, io: Io, tally: Tally, refused: RefusedWriter | undefined): void {
  saySummary(io, tally)
  if (options.report !== undefined) writeReport(options.report, tally.report)
  if (refused !== undefined && refused.rowsWritten() > 0) {
    say(
      io,
      `\n${count(refused.rowsWritten(), 'refused row')} in ${refused.paths().join(', ')}: mend and send that file.`,
    )
  } else if (tally.report.refused > 0 && options.refused === undefined) {
    say(io, '\nAdd --refused <file> to get the refused rows with their reasons, to mend and send again.')
  }
  if (options.json === true) print(io, JSON.stringify(tally.report))
}
