/** The relay as its command runs it, in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { childEnvironment } from '../packages/relay/src/child-environment.helpers.ts'
import type { Point } from './points.ts'

const BIN = fileURLToPath(new URL('../packages/relay/bin/waybill.js', import.meta.url))
export const PIXEL = 'crash'

export interface RelayProcess {
  readonly process: ChildProcess
  /** Empty where it was killed before it listened. */
  readonly url: string
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>
}

export interface RelayProcessOptions {
  readonly folder: string
  readonly endpoint: string
  readonly env?: Readonly<Record<string, string>>
  /** Where it is to die by itself, at the n-th passing. */
  readonly death?: { readonly point: Point; readonly times: number } | undefined
  /** Breaks it on purpose. */
  readonly isBroken?: boolean
  /** Started in the place of the command; it is stopped and says where it listens in the same way. */
  readonly program?: string
}

/** Starts the relay and resolves when it listens. `onSpawned` is told at once. */
export async function startRelayProcess(
  options: RelayProcessOptions,
  onSpawned: (child: ChildProcess) => void = () => {},
): Promise<RelayProcess> {
  const { folder, endpoint, death, isBroken = false, env = {}, program } = options
  const dying = death && { CRASH_POINT: death.point, CRASH_TIMES: String(death.times) }
  const modules = [...(death === undefined ? [] : ['./points.ts']), ...(isBroken ? ['./broken.ts'] : [])]
  const imports = modules.flatMap((name) => ['--import', new URL(name, import.meta.url).href])
  const child = spawn(
    process.execPath,
    ['--conditions=waybill-source', ...imports, ...(program === undefined ? [BIN, 'serve'] : [program])],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...childEnvironment(),
        WAYBILL_PIXEL_ID: PIXEL,
        WAYBILL_API_KEY: 'crash-key',
        WAYBILL_ENDPOINT: endpoint,
        WAYBILL_LISTEN: '127.0.0.1:0',
        WAYBILL_DATA_DIR: folder,
        WAYBILL_MAX_REQUESTS_PER_SECOND: '200',
        ...env,
        ...dying,
      },
    },
  )
  onSpawned(child)
  const ended = once(child, 'exit').then(([code, signal]) => (signal ?? code) as number | string | null)
  for await (const line of createInterface({ input: child.stdout! })) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
    if (url === undefined) continue
    child.stdout!.resume()
    return { process: child, url, ended }
  }
  if ((await ended) !== 'SIGKILL') throw new Error('the relay ended before it listened')
  return { process: child, url: '', ended }
}
