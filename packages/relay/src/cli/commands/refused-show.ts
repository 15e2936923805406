import type { Command } from 'commander'
import { ISSUES, type Issue, type IssueCode } from 'waybill'
import { shown } from '../../observe/shown.ts'
import {
  type Account,
  accountLine,
  attemptLines,
  type FindOptions,
  findAccounts,
  historyLines,
  time,
} from '../account.ts'
import { EXIT, type Io, print, style } from '../io.ts'
import { plain } from '../plain.ts'
import { withRelay } from '../relay-api.ts'

export function registerRefusedShow(refused: Command, io: Io, exit: (code: number) => void): void {
  const command = refused
    .command('show')
    .description('all there is of a refused event: why, each attempt, and the event as it is kept')
    .argument('<id>', 'its id, or the number of its row')
    .option('--pixel <id>', 'only of this pixel')
    .option('--row', 'it is the number of a row')
  withRelay(command).action(async (id: string, options: FindOptions) => exit(await show(id, options, io)))
}

async function show(id: string, options: FindOptions, io: Io): Promise<number> {
  const accounts = await findAccounts(id, options, io)
  if (options.json === true) print(io, JSON.stringify({ accounts }))
  else for (const account of accounts) for (const line of lines(account, io)) print(io, line)
  return EXIT.ok
}

function* lines(account: Account, io: Io): Generator<string> {
  const { row, source, acceptedMs, timestampMs, event } = account
  const title = (text: string): string => style(io, 'bold', text, io.stdout)
  yield accountLine(account)
  yield `  row ${row}, sent by ${plain(source)} at ${time(acceptedMs)}${timestampMs > 0 ? `, happened ${time(timestampMs)}` : ''}`
  yield title('Why')
  for (const reason of reasonsOf(account)) yield* reasonLines(reason)
  yield title('Attempts')
  yield* orNone(attemptLines(account))
  yield title('History')
  yield* orNone(historyLines(account))
  yield title('Event')
  yield event === undefined ? '  It is no longer kept.' : indented(JSON.stringify(event, null, 2))
}

type Reason = Pick<Issue, 'code' | 'path' | 'message' | 'severity' | 'hint'>

/** What the API or the operator said last, where intake did not say the same, and then what intake found. */
function reasonsOf({ code, message = '', issues }: Account): readonly Reason[] {
  if (code === undefined || issues.some((issue) => issue.code === code)) return issues
  const known = Object.hasOwn(ISSUES, code) ? ISSUES[code as IssueCode] : undefined
  return [{ code, path: '', message, severity: 'error', ...(known && { hint: known.fix }) }, ...issues]
}

export function* reasonLines({ code, path, message, severity, hint }: Reason): Generator<string> {
  const mark = severity === 'warning' ? ' (a warning)' : ''
  yield `  ${[path, code].filter(Boolean).map(plain).join('  ')}${mark}: ${plain(message)}`
  if (hint) yield `    ${plain(hint)}`
}

function* orNone(found: Iterable<string>): Generator<string> {
  let isEmpty = true
  for (const line of found) {
    isEmpty = false
    yield line
  }
  if (isEmpty) yield '  none'
}

/** JSON escapes control characters below U+0020 itself; those above are shown in the same way. */
function indented(json: string): string {
  return json
    .split('\n')
    .map((line) => `  ${shown(line)}`)
    .join('\n')
}
