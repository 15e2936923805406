/** Shared by all copies of the package, which `instanceof` is not. */
const FAMILY = Symbol.for('waybill.error')

/**
 * The base of every error Waybill throws. Thrown only where the caller broke a promise (no key, not an array, a value that
 * cannot be held); what happens to an event is an outcome, never an exception.
 */
export class WaybillError extends Error {
  /** The error's class, the same across copies and realms: what the guards read. */
  override readonly name: string = 'WaybillError'
  /** Stable, for programs; `message` is for people. */
  readonly code: string
  /** What to do next. */
  readonly hint: string | undefined

  constructor(code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
    Object.defineProperty(this, FAMILY, { value: true })
  }
}

/** A setting or an argument is missing or wrong. Raised before anything was sent. */
export class ConfigError extends WaybillError {
  /** Always `'ConfigError'`. */
  override readonly name: string = 'ConfigError'
}

/** What happened and what to do, as one text for people. */
export function errorText({ message, hint }: WaybillError): string {
  return hint === undefined ? message : `${message} ${hint}`
}

/**
 * True for every error of this family, whichever copy of the package made it: ES module or CommonJS, or that of another realm, as in Jest.
 */
export function isWaybillError(error: unknown): error is WaybillError {
  return typeof error === 'object' && error !== null && FAMILY in error
}

/** True for a {@link ConfigError} of any copy of the package. */
export function isConfigError(error: unknown): error is ConfigError {
  return isWaybillError(error) && error.name === 'ConfigError'
}
