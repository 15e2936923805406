import { type Command, Option } from 'commander'
import { CONTRACT_SETTINGS, type ContractSetting } from 'waybill'

/** Options of every command that reads files. */
export interface FileOptions {
  readonly map?: string
  readonly timeZone?: string
  readonly contract: ContractSetting
  readonly report?: string
  readonly refused?: string
  readonly json?: boolean
  readonly writeMap?: string
  readonly encoding?: string
  readonly sheet?: string
}

/** Adds the files and the options of every command that reads them. */
export function withFiles(command: Command): Command {
  return command
    .argument(
      '<file...>',
      'CSV, TSV, .xlsx, NDJSON, JSON or Parquet, also compressed (gzip, zip, zstd); - is standard input',
    )
    .option('--map <file>', 'mapping of columns to fields (JSON)')
    .option('--write-map <file>', 'write what was found out about the columns as a map, to be edited')
    .option('--time-zone <IANA>', 'zone of times that have no offset, such as Europe/Berlin')
    .option('--encoding <name>', 'how the text is encoded, such as windows-1252 (default: found out)')
    .option('--sheet <name>', 'which sheet of a workbook is read (default: the first)')
    .addOption(
      new Option('--contract <generation>', "generation of the API's contract; auto: the one that the account reads")
        .choices(CONTRACT_SETTINGS)
        .default('2026-06'),
    )
    .option('--report <file>', 'write the counts as JSON')
    .option('--refused <file>', 'write the refused rows, with line, codes and reasons')
    .option('--json', 'print the counts as JSON on stdout')
    .addHelpText('after', EXIT_CODES)
}

const EXIT_CODES = `
Exit codes: 0 all went well; 1 the run ended and some rows were refused; 2 nothing was sent (wrong use, something that a map has to say, a
no at the question, a file that cannot be read); 3 some was sent, or may have been, and the run did not end: run the same command again.`
