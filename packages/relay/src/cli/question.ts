import { createHash } from 'node:crypto'
import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { mapOfPlan, type Survey } from '../files/index.ts'
import { makeFolder } from '../store/sqlite/index.ts'
import { stateFolder } from '../upload/state-file.ts'
import { type Io, say } from './io.ts'
import { readLine } from './read-line.ts'
import type { Judged } from './run.ts'

/** Whether sending may begin: on a terminal a person says yes the first time that a file of this shape is sent. */
export async function mayBegin(
  judged: readonly Judged[],
  { isSure }: { readonly isSure: boolean },
  io: Io,
): Promise<boolean> {
  hintAtOneState(judged, io)
  if (!isTerminal(io) || judged.some(({ input }) => input.path === '-')) return true
  const shapes = new ShapeBook(join(stateFolder(io.env), 'shapes'))
  const novel = judged.map(({ survey }) => shapeOf(survey)).filter((shape) => !shapes.has(shape))
  if (!isSure && novel.length > 0 && !(await saidYes(io))) {
    say(io, 'Nothing was sent.')
    return false
  }
  shapes.add(novel)
  return true
}

function isTerminal({ stdin, stderr }: Io): boolean {
  return (stdin as { isTTY?: boolean }).isTTY === true && stderr.isTTY === true
}

async function saidYes(io: Io): Promise<boolean> {
  io.stderr.write('Is this right? It is sent as shown, and what was sent cannot be taken back. [y/N] ')
  const answer = await readLine(io.stdin, io.signal)
  return /^(?:y|yes|j|ja|o|oui|s|si|sí)$/i.test(answer?.trim() ?? '')
}

/** What a file is read as, whatever its rows are. */
function shapeOf({ plan, mapping }: Survey): string {
  return createHash('sha256')
    .update(JSON.stringify([plan.columns, mapOfPlan(plan, mapping)]))
    .digest('hex')
}

/** The shapes of files that were sent before, by their hashes. */
class ShapeBook {
  readonly #path: string
  readonly #known: Set<string>

  constructor(path: string) {
    this.#path = path
    this.#known = new Set(linesOf(path))
  }

  has(shape: string): boolean {
    return this.#known.has(shape)
  }

  /** Where it cannot be written, a person is asked again the next time. */
  add(shapes: readonly string[]): void {
    if (shapes.length === 0) return
    try {
      makeFolder(dirname(this.#path))
      appendFileSync(this.#path, `${shapes.join('\n')}\n`, { mode: 0o600 })
    } catch {}
  }
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n')
  } catch {
    return []
  }
}

/** Files that come again under other names each have a state of their own, and what one delivered the other does not know. */
function hintAtOneState(judged: readonly Judged[], io: Io): void {
  for (const { input, target } of judged) {
    if (target?.state === undefined || target.state !== `${resolve(input.path)}.waybill`) continue
    const others = neighbours(target.state)
    if (others.length === 0) continue
    const named = others.length === 1 ? others[0]! : `${others[0]!} and ${others.length - 1} more`
    say(
      io,
      `state    ${basename(target.state)} is new, and ${named} beside it knows what other files delivered. Where the same orders can stand in files of several names, keep one state for the pixel: --state <pixel>.waybill`,
    )
  }
}

function neighbours(state: string): string[] {
  try {
    const all = readdirSync(dirname(state)).filter((name) => name.endsWith('.waybill'))
    return all.includes(basename(state)) ? [] : all
  } catch {
    return []
  }
}
