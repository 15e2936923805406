/** A relay that takes from an outbox, killed and started again on the same data. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type RelayProcess, startRelayProcess } from './relay-process.ts'

export interface OutboxRelay {
  /** SIGKILL, and a new life. */
  kill(): Promise<void>
  end(): Promise<void>
}

export interface OutboxRelayOptions {
  readonly folder: string
  /** Base URL of the API. */
  readonly endpoint: string
  /** URL of the shop's database. */
  readonly outbox: string
}

export function startOutboxRelay({ folder, endpoint, outbox }: OutboxRelayOptions): OutboxRelay {
  const config = join(folder, 'waybill.config.json')
  writeFileSync(config, JSON.stringify({ outbox: [{ url: outbox, pixels: '*' }], logLevel: 'info' }))
  const start = (): Promise<RelayProcess> =>
    startRelayProcess({ folder: join(folder, 'data'), endpoint, env: { WAYBILL_CONFIG: config } })
  let life = start()
  const end = async (): Promise<void> => {
    const { process, ended } = await life
    process.kill('SIGKILL')
    await ended
  }
  return {
    async kill() {
      await end()
      life = start()
    },
    end,
  }
}
