import type { Command } from 'commander'
import { findSuspect } from '../account.ts'
import { readPositive, readTime } from '../argument.ts'
import { type Io, UsageError } from '../io.ts'
import { type RelayOptions, withRelay } from '../relay-api.ts'
import { tell } from './refused-tell.ts'

interface SuspectOptions extends RelayOptions {
  readonly pixel?: string
  readonly code?: string
  readonly since?: string
  readonly reason?: string
  readonly limit: number
  readonly dryRun?: boolean
}

const ENDS = [
  { verb: 'confirm', path: '/api/refused/confirm', about: 'refuse suspects for good: the suspicion is right' },
  { verb: 'release', path: '/api/refused/release', about: 'send suspects again at once: the suspicion is wrong' },
]

/** `refused confirm` and `refused release`: a person ends what is only suspected of events. */
export function registerRefusedSuspects(refused: Command, io: Io, exit: (code: number) => void): void {
  for (const { verb, path, about } of ENDS) {
    const command = refused
      .command(verb)
      .description(`${about}; some by id, or all that are alike (waybill events ls --suspect)`)
      .argument('[ids...]', 'ids, or numbers of rows')
      .option('--reason <text>', 'why, for the account')
      .option('--pixel <id>', 'only of this pixel')
      .option('--code <code>', 'only those suspected for this code')
      .option('--since <time>', 'only those suspected since (ISO 8601)', readTime)
      .option('--limit <number>', 'events at most', readPositive, 1_000)
      .option('--dry-run', 'only say how many it would be')
    withRelay(command).action(async (ids: string[], options: SuspectOptions) => exit(await end(path, ids, options, io)))
  }
}

async function end(path: string, ids: readonly string[], options: SuspectOptions, io: Io): Promise<number> {
  const { limit, dryRun = false, reason } = options
  const selection = await selectionOf(ids, options, io)
  return tell(path, { selection, limit, dryRun, ...(reason !== undefined && { reason }) }, options, io)
}

async function selectionOf(ids: readonly string[], options: SuspectOptions, io: Io): Promise<object> {
  const { pixel, code, since } = options
  if (ids.length === 0) {
    if (pixel === undefined && code === undefined && since === undefined)
      throw new UsageError('Say which ones: by id, or with --pixel, --code or --since.')
    return { suspect: true, ...(pixel && { pixel }), ...(code && { code }), ...(since !== undefined && { since }) }
  }
  if (code !== undefined || since !== undefined)
    throw new UsageError('Name events, or say which ones with --code and --since, not both.')
  const rows = []
  for (const id of ids) rows.push((await findSuspect(id, options, io)).row)
  return { rows }
}
