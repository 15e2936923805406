import {
  StoreBrokenError,
  StoreClosedError,
  StoreError,
  StoreFullError,
  StoreOwnedError,
  StoreUnusableError,
} from '../../errors.ts'

/** An error on its way from one thread to the other, where a copy of it would have lost its class. */
export interface Fault {
  readonly name: string
  readonly message: string
  readonly hint: string | undefined
  readonly cause: Fault | undefined
  readonly stack: string | undefined
}

const CLASSES = [
  StoreError,
  StoreFullError,
  StoreBrokenError,
  StoreClosedError,
  StoreOwnedError,
  StoreUnusableError,
] as const
const STORE_ERRORS: ReadonlyMap<string, (typeof CLASSES)[number]> = new Map(CLASSES.map((one) => [one.name, one]))

export function toFault(error: unknown): Fault {
  if (!(error instanceof Error)) return { ...NOTHING, message: String(error) }
  const { name, message, cause, stack } = error
  const hint = error instanceof StoreError ? error.hint : undefined
  return { name, message, hint, cause: cause === undefined ? undefined : toFault(cause), stack }
}

export function toError({ name, message, hint, cause, stack }: Fault): Error {
  const about = cause === undefined ? {} : { cause: toError(cause) }
  const Store = STORE_ERRORS.get(name)
  if (Store !== undefined) return new Store(message, { ...about, ...(hint !== undefined && { hint }) })
  const error = new (name === 'TypeError' ? TypeError : Error)(message, about)
  if (stack !== undefined) error.stack = stack
  return error
}

const NOTHING: Fault = { name: 'Error', message: '', hint: undefined, cause: undefined, stack: undefined }
