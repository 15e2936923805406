import { readFileSync } from 'node:fs'
import { text as textOf } from 'node:stream/consumers'
import type { Command } from 'commander'
import type { Issue } from 'waybill'
import { jsonRow } from '../../files/json-row.ts'
import { type Account, type FindOptions, findEnded } from '../account.ts'
import { collect } from '../argument.ts'
import { editorOf, editText } from '../editor.ts'
import { changed, type FieldChange, readSet, readUnset } from '../field-change.ts'
import { EXIT, type Io, print, say, UsageError } from '../io.ts'
import { plain } from '../plain.ts'
import { readLine } from '../read-line.ts'
import { askRelay, withRelay } from '../relay-api.ts'
import { reasonLines } from './refused-show.ts'

interface EditOptions extends FindOptions {
  readonly file?: string
  readonly set?: readonly FieldChange[]
  readonly unset?: readonly FieldChange[]
  readonly dryRun?: boolean
}

/** What the relay says of a fixed event. */
interface Edited {
  readonly row: number
  readonly status: 'queued' | 'validated' | 'refused'
  readonly issues: readonly Issue[]
  readonly changed?: readonly string[]
}

export function registerRefusedEdit(refused: Command, io: Io, exit: (code: number) => void): void {
  const command = refused
    .command('edit')
    .description('fix a refused event in its place, and queue it again under its id')
    .argument('<id>', 'its id, or the number of its row')
    .option('--file <path>', 'the fixed event as JSON; - for standard input')
    .option('--set <path=value>', 'give a field a value: JSON, else text; may be repeated', collect(readSet))
    .option('--unset <path>', 'take a field out; may be repeated', collect(readUnset))
    .option('--dry-run', 'only check')
    .option('--pixel <id>', 'the event of this pixel')
    .option('--row', 'it is the number of a row')
    .addHelpText('after', '\nWithout --file, --set and --unset, VISUAL or EDITOR opens on the event.')
  withRelay(command).action(async (id: string, options: EditOptions) => exit(await edit(id, options, io)))
}

async function edit(id: string, options: EditOptions, io: Io): Promise<number> {
  const account = await findEnded(id, options, io)
  const changes = [...(options.set ?? []), ...(options.unset ?? [])]
  if (options.file === undefined && changes.length === 0) return editByHand(account, options, io)
  const base = options.file === undefined ? keptEvent(account) : await readEvent(options.file, io)
  return bring(account, withChanges(base, changes), options, io)
}

function keptEvent({ event }: Account): unknown {
  if (event === undefined) throw new UsageError('The event itself is no longer kept: give the whole of it with --file.')
  return event
}

async function readEvent(path: string, io: Io): Promise<unknown> {
  const { object, issues = [] } = jsonRow(path === '-' ? await textOf(io.stdin) : readText(path), 1)
  if (object !== undefined) return object
  throw new UsageError(
    `${path === '-' ? 'Standard input' : path}: ${issues[0]?.message ?? ''} Write one event as one JSON object.`,
  )
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new UsageError(`${path} cannot be read: check the path and that it is a file of yours.`)
  }
}

function withChanges(event: unknown, changes: readonly FieldChange[]): unknown {
  return changes.reduce(changed, event)
}

/** Opens the editor, and opens it again for as long as the event is refused and the user goes on. */
async function editByHand(account: Account, options: EditOptions, io: Io): Promise<number> {
  const editor = editorOf(io)
  if (editor === undefined)
    throw new UsageError(
      'Say what to change: --set path=value, --unset path or --file <path>; on a terminal, set EDITOR.',
    )
  const kept = `${JSON.stringify(keptEvent(account), null, 2)}\n`
  for (let text = kept; ; ) {
    const fixed = await editText(text, editor, 'event.json')
    if (fixed === kept) {
      say(io, 'Nothing was changed.')
      return EXIT.ok
    }
    text = fixed
    const { object } = jsonRow(fixed, 1)
    if (object === undefined) say(io, 'This is not one JSON object.')
    else if ((await bring(account, object, options, io)) === EXIT.ok) return EXIT.ok
    if (!(await wantsToGoOn(io))) return EXIT.refused
  }
}

async function wantsToGoOn(io: Io): Promise<boolean> {
  io.stderr.write('Edit it again? [Y/n] ')
  const answer = await readLine(io.stdin, io.signal)
  return answer !== undefined && !/^\s*[nq]/i.test(answer)
}

async function bring(account: Account, event: unknown, options: EditOptions, io: Io): Promise<number> {
  const { dryRun = false } = options
  const call = { method: 'PUT', body: { event, dryRun }, alsoAnswers: [422] } as const
  const answer = await askRelay<Edited>(`/api/events/row/${account.row}`, options, io, call)
  if (options.json === true) print(io, JSON.stringify(answer))
  else tell(account, answer, io)
  return answer.status === 'refused' ? EXIT.refused : EXIT.ok
}

const SAID = {
  queued: 'is queued again',
  validated: 'would be queued again; nothing was changed',
  refused: 'is still refused; nothing was changed',
} as const

function tell({ id = '(no id)', pixel }: Account, { status, issues, changed: fields }: Edited, io: Io): void {
  say(io, `${plain(id)} of ${plain(pixel)} ${SAID[status]}.`)
  if (fields !== undefined) say(io, `Changed: ${fields.length === 0 ? 'nothing' : fields.map(plain).join(', ')}`)
  for (const one of issues) for (const line of reasonLines(one)) say(io, line)
}
