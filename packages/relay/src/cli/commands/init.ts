import { randomBytes } from 'node:crypto'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Command, Option } from 'commander'
import { CONTRACT_SETTINGS } from 'waybill'
import { ENV_FILE } from '../../config/env-beside.ts'
import type { Answers, Question, Tokens } from '../../init/index.ts'
import { EXIT, forTerminal, type Io, say, style, UsageError } from '../io.ts'

interface InitOptions {
  readonly config?: string
  readonly pixel?: string
  readonly contract?: string
  readonly listen?: string
  readonly dataDir?: string
  readonly endpoint?: string
  readonly force?: boolean
}

const CONFIG_FILE = 'waybill.config.json'

export function registerInit(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('init')
    .option('--config <file>', `where to write the configuration (or WAYBILL_CONFIG; default ${CONFIG_FILE})`)
    .option('--pixel <id>', 'Pixel ID (or WAYBILL_PIXEL_ID)')
    .addOption(new Option('--contract <generation>', "generation of the API's contract").choices(CONTRACT_SETTINGS))
    .option('--listen <host:port>', 'address to listen on; for one that others can reach, tokens are made')
    .option('--data-dir <folder>', 'folder of the data')
    .option('--endpoint <url>', 'base URL of the API, or of the emulator for a trial')
    .option('--force', 'replace files that are there')
    .action(async (options: InitOptions) => exit(await init(options, io)))
}

async function init(options: InitOptions, io: Io): Promise<number> {
  const { configText, envText, isExposed } = await import('../../init/index.ts')
  const { config, force = false } = options
  const configPath = config ?? (io.env['WAYBILL_CONFIG'] || CONFIG_FILE)
  const envPath = join(dirname(configPath), ENV_FILE)
  if (!force) refuseExisting([configPath, envPath])
  const answers = await gather(options, io)
  if (answers === undefined) {
    say(io, '\nInterrupted: nothing was written.')
    return EXIT.failed
  }
  const tokens = isExposed(answers.listen) ? { intake: newToken(), admin: newToken() } : undefined
  write(configPath, configText(answers), 0o644, force)
  write(envPath, envText(answers.pixelId, tokens), 0o600, force)
  sayNext(io, configPath, envPath, tokens)
  return EXIT.ok
}

function refuseExisting(paths: readonly string[]): void {
  const there = paths.filter((path) => existsSync(path))
  if (there.length === 0) return
  throw new UsageError(
    `${there.join(' and ')} ${there.length > 1 ? 'exist' : 'exists'} already: nothing was written. --force replaces what is there.`,
  )
}

/** From flags and environment, then from the terminal where there is one, then the standard. `undefined` when interrupted. */
async function gather(options: InitOptions, io: Io): Promise<Answers | undefined> {
  const { QUESTIONS } = await import('../../init/index.ts')
  const given: Partial<Record<keyof Answers, string | undefined>> = {
    ...options,
    pixelId: options.pixel ?? (io.env['WAYBILL_PIXEL_ID'] || undefined),
  }
  const asker = openAsker(io)
  const answers: Partial<Record<keyof Answers, string>> = {}
  try {
    for (const question of QUESTIONS) {
      const isAsked = asker !== undefined && given[question.key] === undefined
      const answer = isAsked ? await answerTo(question, asker, io) : await take(question, given[question.key])
      if (answer === undefined || io.signal.aborted) return undefined
      answers[question.key] = answer
    }
  } finally {
    asker?.close()
  }
  return answers as Answers
}

const FLAGS: Readonly<Record<keyof Answers, string>> = {
  pixelId: '--pixel',
  contract: '--contract',
  listen: '--listen',
  dataDir: '--data-dir',
  endpoint: '--endpoint',
}

async function take({ key, text, standard }: Question, given: string | undefined): Promise<string> {
  const { faultIn } = await import('../../init/index.ts')
  const answer = given ?? standard
  if (answer === undefined) throw new UsageError(`${FLAGS[key]} is needed: ${text}. Nothing was written.`)
  const fault = faultIn(key, answer)
  if (fault === undefined) return answer
  throw new UsageError(`${FLAGS[key]}: ${fault}. Nothing was written.`)
}

/** Asks until the answer is a good one. `undefined` when there are no more answers. */
async function answerTo(question: Question, { ask }: Asker, io: Io): Promise<string | undefined> {
  const { faultIn } = await import('../../init/index.ts')
  for (;;) {
    const answer = await ask(question)
    const fault = answer === undefined ? undefined : faultIn(question.key, answer)
    if (fault === undefined) return answer
    say(io, `  ${fault}`)
  }
}

interface Asker {
  ask(question: Question): Promise<string | undefined>
  close(): void
}

/** `undefined` where there is no terminal to ask on. */
function openAsker(io: Io): Asker | undefined {
  const { isTTY = false } = io.stdin as { isTTY?: boolean }
  if (!isTTY || io.stderr.isTTY !== true) return undefined
  const reader = createInterface({ input: io.stdin, signal: io.signal })
  const lines = reader[Symbol.asyncIterator]()
  return {
    async ask({ text, standard = '' }) {
      io.stderr.write(forTerminal(`${text}${standard && style(io, 'dim', ` [${standard}]`)}: `))
      const { value, done } = await lines.next()
      return done === true ? undefined : value.trim() || standard
    },
    close: () => reader.close(),
  }
}

function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** Made anew, so that neither the mode nor the reader of a file that was there gets the new text. */
function write(path: string, text: string, mode: number, force: boolean): void {
  try {
    if (force) rmSync(path, { force: true })
    writeFileSync(path, text, { mode, flag: 'wx' })
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${(error as Error).message}`)
  }
}

function sayNext(io: Io, configPath: string, envPath: string, tokens: Tokens | undefined): void {
  const option = configPath === CONFIG_FILE ? '' : ` --config ${configPath}`
  say(io, `${style(io, 'green', 'written')}  ${configPath}, and ${envPath}, which only you can read`)
  if (tokens !== undefined) {
    say(io, `Others can reach the address, so ${envPath} has an intake token and an admin token, both new and random.`)
  }
  say(io, '\nNext:')
  say(io, `  put the Conversions API key into ${envPath} (WAYBILL_API_KEY), or name its file there`)
  say(io, `  waybill doctor${option}`)
  say(io, `  waybill serve${option}`)
}
