import { errorText, isWaybillError } from 'waybill'
import { type RelayConfig, secretsOf } from '../config/index.ts'
import { createLogger, type Log } from '../observe/index.ts'
import { StoreSupersededError } from '../store/index.ts'
import { maskUrl } from '../store/postgres/connection/database-url.ts'
import { openStore } from './open-store.ts'
import { type Service, type ServiceOptions, startService } from './service.ts'
import { onHangup } from './signals.ts'
import { startErrorFrom } from './start-error.ts'

export interface RunOptions extends Pick<ServiceOptions, 'runtime' | 'fetch' | 'acceptEndpoint' | 'role'> {
  /** Reads the configuration; again on each SIGHUP. Throws `ConfigFaults`. */
  readonly load: () => RelayConfig
  readonly stream: NodeJS.WritableStream & { readonly isTTY?: boolean }
  /** Aborted when the relay is to stop. */
  readonly signal: AbortSignal
  /** Changes the schema of a database also while relays run that do not work beside the new one. */
  readonly force?: boolean
  /** Opens the store; default: {@link openStore}. */
  readonly open?: typeof openStore
  /** Called for each request to read the configuration again; gives a function that ends this. Default: SIGHUP. */
  readonly onReload?: (listener: () => void) => () => void
  /** Told where it listens. */
  readonly onListening?: (service: Service) => void
}

/** Runs a relay until it is to stop (true) or cannot go on (false). */
export async function runRelay(options: RunOptions): Promise<boolean> {
  let config = options.load()
  // Secrets of an earlier configuration stay out of the log too.
  const secrets = new Set(secretsOf(config))
  const log = createLogger({ stream: options.stream, level: config.settings.logLevel, secrets: () => [...secrets] })
  let fail: (error: unknown) => void = () => {}
  const failure = new Promise<{ error: unknown }>((resolve) => {
    fail = (error) => resolve({ error })
  })
  const service = await start(options, config, log, fail).catch((error: unknown) => {
    throw startErrorFrom(error)
  })
  sayStart(service, config, log)
  const endReloads = (options.onReload ?? onHangup)(() => void reload())
  options.onListening?.(service)
  const failed = await Promise.race([aborted(options.signal), failure])
  endReloads()
  if (failed !== undefined) sayFailed(failed.error, log)
  else log.info('stopping: intake is closed, requests in flight end')
  await stop(service, log)
  return failed === undefined

  async function reload(): Promise<void> {
    try {
      const next = options.load()
      for (const secret of secretsOf(next)) secrets.add(secret)
      await service.reload(next)
      warnOfRestart(config, next, log)
      for (const warning of next.warnings) log.warn(warning)
      config = next
      log.info({ pixels: next.pixels.length }, 'configuration read again')
    } catch (error) {
      const why = isWaybillError(error) ? errorText(error) : String(error)
      log.error(isWaybillError(error) ? {} : { err: error }, `configuration kept as it was: ${why}`)
    }
  }
}

async function start(
  options: RunOptions,
  config: RelayConfig,
  log: Log,
  onFailed: (error: unknown) => void,
): Promise<Service> {
  const { open = openStore, force = false } = options
  const store = await open({
    ...config.settings,
    force,
    dataDir: config.dataDir,
    storeUrl: config.storeUrl,
    onBroken: onFailed,
  })
  try {
    return await startService({ ...options, config, store, log, onFailed })
  } catch (error) {
    await store.close()
    throw error
  }
}

const NEEDS_RESTART = [
  'listen',
  'adminListen',
  'page',
  'dataDir',
  'store',
  'storeUrlFile',
  'maxBodyBytes',
  'retentionDays',
  'contextDays',
  'outbox',
  'keepBodies',
  'timeZone',
  'logLevel',
] as const

function sayStart({ url, adminUrl }: Service, config: RelayConfig, log: Log): void {
  const { pixels, intakeTokens, adminTokens, dataDir, storeUrl, warnings } = config
  const whom = (tokens: readonly unknown[]): string => (tokens.length === 0 ? 'this machine only' : 'by token')
  log.info(
    {
      ...(config.settings.page && { page: `${config.settings.publicUrl ?? adminUrl}/` }),
      url,
      pixels: pixels.length,
      intake: whom(intakeTokens),
      admin: whom(adminTokens),
      data: storeUrl === undefined ? dataDir : maskUrl(storeUrl),
    },
    'relay listening',
  )
  for (const warning of warnings) log.warn(warning)
}

/** What another version did to the data is no fault of this one, and has no more to it than a line. */
function sayFailed(error: unknown, log: Log): void {
  if (error instanceof StoreSupersededError) log.error(`${errorText(error)} This relay stops; nothing is lost.`)
  else log.error({ err: error }, 'the relay cannot go on and stops')
}

function warnOfRestart(before: RelayConfig, next: RelayConfig, log: Log): void {
  const waiting = NEEDS_RESTART.filter(
    (key) => JSON.stringify(before.settings[key]) !== JSON.stringify(next.settings[key]),
  )
  if (waiting.length > 0) log.warn({ keys: waiting }, 'these change at the next start')
  const gone = before.pixels.filter(({ pixelId }) => !next.pixels.some((pixel) => pixel.pixelId === pixelId))
  const pixels = gone.map(({ pixelId }) => pixelId)
  if (gone.length > 0)
    log.warn(
      { pixels },
      'nothing more is taken or sent for these pixels; what waits stays until they are configured again',
    )
}

async function stop(service: Service, log: Log): Promise<void> {
  try {
    await service.stop()
    log.info('stopped')
  } catch (error) {
    log.error({ err: error }, 'stopping failed')
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined)
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
}
