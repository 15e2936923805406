/** The base of what a store throws. The message is one line; the hint says what to do. */
export class StoreError extends Error {
  override readonly name: string = 'StoreError'
  readonly hint: string | undefined

  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.hint = options.hint
  }
}

/** Nothing was written, because there is no room (or no right) to write just now. The store works on; try again later. */
export class StoreFullError extends StoreError {
  override readonly name: string = 'StoreFullError'
}

/** Writing or syncing failed, so that nothing more may be acknowledged. The process must exit; opening again is safe. */
export class StoreBrokenError extends StoreError {
  override readonly name: string = 'StoreBrokenError'
}

/** The call came after `close()`. */
export class StoreClosedError extends StoreError {
  override readonly name: string = 'StoreClosedError'
}

/** A page was asked for with a cursor that no page gave. */
export class StoreCursorError extends StoreError {
  override readonly name: string = 'StoreCursorError'
}

/** Another process, or this one, already has the file open. */
export class StoreOwnedError extends StoreError {
  override readonly name: string = 'StoreOwnedError'
}

/** The data cannot be used as it is: damaged, or of a newer version, or without the durability that was asked for. */
export class StoreUnusableError extends StoreError {
  override readonly name: string = 'StoreUnusableError'
}
