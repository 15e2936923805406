import { WaybillError } from 'waybill/errors'

interface ErrorOptions {
  readonly hint?: string
  readonly cause?: unknown
}

/** The base of what a store throws. */
export class StoreError extends WaybillError {
  override readonly name: string = 'StoreError'

  constructor(message: string, options?: ErrorOptions, code = 'store_failed') {
    super(code, message, options)
  }
}

/** Nothing was written, because there is no room (or no right) to write just now. The store works on; try again later. */
export class StoreFullError extends StoreError {
  override readonly name: string = 'StoreFullError'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options, 'store_full')
  }
}

/** The store cannot be reached just now. Nothing is known to be written; the call may be repeated. */
export class StoreAwayError extends StoreError {
  override readonly name: string = 'StoreAwayError'
  /** Of an `accept` that may have been committed: the row that each of its events was given, for the repeat. */
  readonly rows: readonly number[] | undefined

  constructor(message: string, { rows, ...options }: ErrorOptions & { readonly rows?: readonly number[] } = {}) {
    super(message, options, 'store_away')
    this.rows = rows
  }
}

/** Whether the same call may succeed later: nothing is known to be written, and the store works on. */
export function isPassing(error: unknown): boolean {
  return error instanceof StoreFullError || error instanceof StoreAwayError
}

/** Does what may be left out while the store cannot be written: resolves also where it failed for that. */
export async function unlessPassing(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!isPassing(error)) throw error
  }
}

/** Writing or syncing failed, so that nothing more may be acknowledged. The process must exit; opening again is safe. */
export class StoreBrokenError extends StoreError {
  override readonly name: string = 'StoreBrokenError'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options, 'store_broken')
  }
}

/** The call came after `close()`. */
export class StoreClosedError extends StoreError {
  override readonly name: string = 'StoreClosedError'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options, 'store_closed')
  }
}

/** A page was asked for with a cursor that no page gave. */
export class StoreCursorError extends StoreError {
  override readonly name: string = 'StoreCursorError'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options, 'invalid_cursor')
  }
}

/** Another process, or this one, already has the file open. */
export class StoreOwnedError extends StoreError {
  override readonly name: string = 'StoreOwnedError'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options, 'store_in_use')
  }
}

/** The data cannot be used as it is: damaged, or of a newer version, or without the durability that was asked for. */
export class StoreUnusableError extends StoreError {
  override readonly name: string = 'StoreUnusableError'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options, 'store_unusable')
  }
}

/** A newer version has changed the data so that this one may not work on it any more: the relay stops, and nothing is lost. */
export class StoreSupersededError extends StoreError {
  override readonly name: string = 'StoreSupersededError'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options, 'store_superseded')
  }
}

/** The data could not be brought to the form that this version needs, and nothing of that was done; it may be tried again. */
export class StoreNotMigratedError extends StoreError {
  override readonly name: string = 'StoreNotMigratedError'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options, 'store_not_migrated')
  }
}

/** The answer would take too long: nothing was wrong, and a smaller question may be answered. */
export class TooSlowError extends StoreError {
  override readonly name: string = 'TooSlowError'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options, 'too_slow')
  }
}
