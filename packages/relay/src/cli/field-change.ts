import { InvalidArgumentError } from 'commander'
import { UsageError } from './io.ts'

/** One small edit: a place in an event, and the value that it gets; `undefined` takes the field out. */
export interface FieldChange {
  readonly path: readonly (string | number)[]
  readonly value: unknown
}

/** `data.amount=2599`: JSON where it is JSON, else text. */
export function readSet(text: string): FieldChange {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('Write path=value, as in data.amount=2599.')
  return { path: readPath(text.slice(0, at)), value: readValue(text.slice(at + 1)) }
}

export function readUnset(text: string): FieldChange {
  return { path: readPath(text), value: undefined }
}

const STEP = /^(?:([^.[\]]+)|\[(\d{1,4})\])(?:\.(?=[^.[])|(?=\[)|$)/

/** `data.contents[0].amount`, as issues write it. */
function readPath(text: string): (string | number)[] {
  const path: (string | number)[] = []
  for (let rest = text; rest !== ''; ) {
    const [whole = '', key, index] = STEP.exec(rest) ?? []
    if (whole === '' || key === '__proto__')
      throw new InvalidArgumentError('Write a path such as data.contents[0].amount.')
    path.push(key ?? Number(index))
    rest = rest.slice(whole.length)
  }
  return path
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

/** What stands in the way of a change: a text where the path goes on, or a place behind the end of a list. */
export class NoSuchPlaceError extends UsageError {
  override readonly name: string = 'NoSuchPlaceError'

  constructor(step: string) {
    super(`The event has no place for ${step}: look at it with waybill refused show.`, 'no_such_place')
  }
}

/** A copy of the event with the change made. Objects and lists on the way are made where they are missing. */
export function changed(event: unknown, { path, value }: FieldChange): unknown {
  const [step, ...rest] = path
  if (step === undefined) return value
  if (event === undefined && value === undefined) return undefined
  const inner = { path: rest, value }
  return typeof step === 'number' ? inList(event, step, inner) : inObject(event, step, inner)
}

function inObject(node: unknown, key: string, inner: FieldChange): unknown {
  if (node !== undefined && (typeof node !== 'object' || node === null || Array.isArray(node)))
    throw new NoSuchPlaceError(key)
  const { [key]: before, ...others } = (node ?? {}) as Readonly<Record<string, unknown>>
  const after = changed(before, inner)
  if (after === undefined) return others
  return { ...(node as object | undefined), [key]: after }
}

function inList(node: unknown, index: number, inner: FieldChange): unknown {
  if ((node !== undefined && !Array.isArray(node)) || index > (node?.length ?? 0))
    throw new NoSuchPlaceError(`[${index}]`)
  const list: readonly unknown[] = node ?? []
  const after = changed(list[index], inner)
  return after === undefined ? list.toSpliced(index, 1) : [...list.slice(0, index), after, ...list.slice(index + 1)]
}
