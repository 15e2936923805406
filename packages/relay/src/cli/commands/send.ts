import { type Command, InvalidArgumentError, Option } from 'commander'
import { type ClientOptions, createClient, DEFAULT_ENDPOINT, type Preflight } from 'waybill'
import { requireCheckedTls } from 'waybill/client'
import { Tally } from '../../upload/tally.ts'
import { namesIn } from '../argument.ts'
import { bareFetch } from '../bare-fetch.ts'
import { withFiles } from '../file-options.ts'
import { type Io, UsageError } from '../io.ts'
import { createProgress, type Progress } from '../progress.ts'
import { mayBegin } from '../question.ts'
import { isSameFile } from '../report-file.ts'
import { runFiles, type Target } from '../run.ts'
import { readApiKey } from '../secret.ts'
import { createTarget, type TargetOptions } from '../send-target.ts'

interface SendOptions extends TargetOptions {
  readonly pixel?: string
  readonly endpoint?: string
  readonly preflight: Preflight
  readonly rate?: number
  readonly validateOnly?: boolean
  readonly apiKeyFile?: string
  readonly yes?: boolean
}

export function registerSend(program: Command, io: Io, exit: (code: number) => void): void {
  const command = program
    .command('send')
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
    .option('--state <file>', 'what was delivered is kept here (default: beside the file, as <file>.waybill)')
    .option('--fresh', 'send again what an earlier run has delivered')
    .option('--same-ids', 'this run makes the ids that the runs before it made, though by another rule')
    .option('--yes', 'begin without asking, also with a file of a shape that was never sent before')
  withFiles(command).action(async (files: string[], options: SendOptions) => exit(await send(files, options, io)))
}

function readRate(text: string): number {
  const rate = Number(text)
  if (Number.isFinite(rate) && rate > 0) return rate
  throw new InvalidArgumentError('It must be a number above 0.')
}

function send(files: readonly string[], options: SendOptions, io: Io): Promise<number> {
  requireCheckedTls(io.env)
  const tally = new Tally()
  const progress = createProgress(io, tally, options.json === true)
  const settings = settingsOf(options, io, watchedFetch(tally, progress))
  // It also judges the settings, before any file is read.
  const client = createClient(settings)
  refuseForeignState(files, options, io)
  const validateOnly = options.validateOnly === true
  return runFiles(files, options, io, {
    tally,
    progress,
    targetOf: (input, mapping) =>
      validateOnly ? Promise.resolve(validating(client)) : createTarget(input, mapping, settings, options, io),
    mayBegin: (judged) => mayBegin(judged, { isSure: options.yes === true || validateOnly }, io),
    rate: options.rate,
    validateOnly,
    secrets: [...keyFiles(options, io), options.state].filter((path) => path !== undefined),
  })
}

/** The API is asked and stores nothing, so there is nothing to keep. */
function validating(client: Awaited<ReturnType<Target['open']>>): Target {
  return { kept: async () => undefined, check: async () => {}, open: async () => client }
}

/** A state is made its owner's alone as it is opened: a file that is something else would have lost its readers. */
function refuseForeignState(files: readonly string[], options: SendOptions, io: Io): void {
  const { state, map, refused, report } = options
  if (state === undefined) return
  const others = [...files, map, ...keyFiles(options, io), refused, report].filter((path) => path !== undefined)
  if (!others.some((path) => isSameFile(path, state))) return
  throw new UsageError(`The state ${state} is another file of this very run: name a file of its own with --state.`)
}

function keyFiles({ apiKeyFile }: SendOptions, { env }: Io): string[] {
  return [apiKeyFile, env['WAYBILL_API_KEY_FILE']].filter((path): path is string => Boolean(path))
}

function settingsOf(options: SendOptions, io: Io, watched: typeof fetch): ClientOptions {
  const pixelId = options.pixel ?? io.env['WAYBILL_PIXEL_ID']
  if (!pixelId) throw new UsageError('No pixel: name it with --pixel <id>, from the conversions tab in Ads Manager.')
  return {
    pixelId,
    apiKey: readApiKey(io, options.apiKeyFile),
    endpoint: options.endpoint ?? (io.env['WAYBILL_ENDPOINT'] || DEFAULT_ENDPOINT),
    allowHttp: namesIn(io.env['WAYBILL_ALLOW_HTTP']),
    contract: options.contract,
    preflight: options.preflight,
    invalidIdentity: 'drop',
    fetch: watched,
    runtime: io.runtime,
  }
}

/** Counts the requests, and shows what keeps the API from answering while the client waits and tries again. */
function watchedFetch({ report }: Tally, progress: Progress): typeof fetch {
  return async (input, init) => {
    report.requests += 1
    try {
      const response = await bareFetch(input, init)
      progress.trouble(response.status === 429 || response.status >= 500 ? `HTTP ${response.status}` : undefined)
      return response
    } catch (error) {
      if (init?.signal?.aborted !== true) progress.trouble(networkFault(error))
      throw error
    }
  }
}

/** Its code: what else it says could repeat what was sent. */
function networkFault(error: unknown): string {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : 'the connection broke'
}
