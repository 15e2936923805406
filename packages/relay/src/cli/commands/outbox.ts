import type { Command } from 'commander'
import type { OutboxMigration, OutboxRoles } from '../../outbox/migrations.ts'
import { EXIT, type Io, print, UsageError } from '../io.ts'

interface SqlOptions {
  readonly down?: boolean
  readonly from?: string
  readonly owner?: string
  readonly relay?: string
  readonly caller?: string
  readonly json?: boolean
}

export function registerOutbox(program: Command, io: Io, exit: (code: number) => void): void {
  const outbox = program.command('outbox')
  outbox
    .command('sql')
    .description("print the SQL that makes the outbox in a shop's PostgreSQL, numbered, for any migration tool")
    .option('--down', 'print the way back instead')
    .option('--from <version>', 'only what comes after this version, which the database has')
    .option('--owner <role>', 'who owns it; made where it is missing (default waybill_owner)')
    .option('--relay <role>', "what the relay's role is a member of; made where it is missing (default waybill_relay)")
    .option('--caller <role>', 'who brings conversions (default: whoever runs the SQL)')
    .option('--json', 'print a list of { version, name, up, down } on stdout')
    .action(async (options: SqlOptions) => exit(await printSql(options, io)))
}

async function printSql({ down = false, from = '0', owner, relay, caller, json }: SqlOptions, io: Io): Promise<number> {
  const { DEFAULT_ROLES, readOutboxMigrations } = await import('../../outbox/migrations.ts')
  if (!/^\d{1,4}$/.test(from)) throw new UsageError('--from takes the number of a version, as waybill doctor shows it.')
  const roles: OutboxRoles = {
    owner: owner ?? DEFAULT_ROLES.owner,
    relay: relay ?? DEFAULT_ROLES.relay,
    caller: caller ?? DEFAULT_ROLES.caller,
  }
  const steps = readOutboxMigrations(roles).filter(({ version }) => version > Number(from))
  if (json === true) print(io, JSON.stringify(steps, null, 2))
  else for (const step of down ? steps.toReversed() : steps) print(io, textOf(step, down))
  return EXIT.ok
}

const textOf = ({ up, down }: OutboxMigration, isDown: boolean): string => (isDown ? down : up).trimEnd()
