import { type Command, Option } from 'commander'
import { CONTRACTS, type Contract } from 'waybill'

/** Options of every command that reads files. */
export interface FileOptions {
  readonly map?: string
  readonly timeZone?: string
  readonly contract: Contract
  readonly report?: string
  readonly refused?: string
  readonly json?: boolean
}

/** Adds the files and the options of every command that reads them. */
export function withFiles(command: Command): Command {
  return command
    .argument('<file...>', 'CSV, TSV, NDJSON, JSON or Parquet, also gzipped; - is standard input')
    .option('--map <file>', 'mapping of columns to fields (JSON)')
    .option('--time-zone <IANA>', 'zone of times that have no offset, such as Europe/Berlin')
    .addOption(
      new Option('--contract <generation>', "generation of the API's contract").choices(CONTRACTS).default('2026-06'),
    )
    .option('--report <file>', 'write the counts as JSON')
    .option('--refused <file>', 'write the refused rows, with line, codes and reasons')
    .option('--json', 'print the counts as JSON on stdout')
}
