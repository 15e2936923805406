import { FAULT_KINDS, type FaultKind, type FaultShares } from './faults.ts'

/** Which generation of the contract events are judged by; `both` takes an event that fits either wholly. */
export type ContractChoice = '2026-06' | '2026-11' | 'both'

/** How the answer to an invalid batch names its bad events. */
export type ErrorNaming = 'all' | 'first' | 'none' | 'wrong'

/** What is remembered of stored events: everything, keys and counts, or counters only. */
export type Keep = 'all' | 'ledger' | 'count'

/** Every option may be left out; the defaults stand beside each. */
export interface EmulatorOptions {
  /** Default `both`. */
  readonly contract?: ContractChoice | undefined
  /** The only Pixel ID that is known; by default any is. */
  readonly pixel?: string | undefined
  /** The only key that is taken; by default any Bearer key is. */
  readonly apiKey?: string | undefined
  /** Largest request body in bytes; a longer one is answered 413. Default: no limit. */
  readonly maxBody?: number | undefined
  /** Fixes the clock: ISO 8601, Unix milliseconds or a `Date`. A function is a live clock in Unix milliseconds. Default `Date.now`. */
  readonly now?: string | number | Date | (() => number) | undefined
  /** Default `all`. */
  readonly errors?: ErrorNaming | undefined
  /** Refuses each event whose id matches, a rule that no check before sending can know. A string is read as a regular expression. */
  readonly poison?: string | RegExp | undefined
  /** Share of requests (0 to 1) that meets each fault; at most one fault a request, so the shares add up to 1 at most. Also as the command line writes it: `lost=0.2`, or a list of such. */
  readonly fault?: Partial<Record<FaultKind, number | undefined>> | string | readonly string[] | undefined
  /** Seed of the random numbers that draw the faults, an integer. Default 1. */
  readonly seed?: number | undefined
  /** `Retry-After` of a 429 or 503: seconds, or any text, which is sent as it stands. Default: no such header. */
  readonly retryAfter?: number | string | undefined
  /** Wait before each answer, in milliseconds. Default 0. */
  readonly latency?: number | undefined
  /** The same as `latency`, which wins. */
  readonly latencyMs?: number | undefined
  /** Wait of the fault `slow`, in milliseconds, on top of the latency. Default 5000. */
  readonly slowMs?: number | undefined
  /** Default `all`. */
  readonly keep?: Keep | undefined
}

/** The options after they were read: nothing is left open. */
export interface Settings {
  readonly contract: ContractChoice
  readonly pixel: string | null
  readonly apiKey: string | null
  readonly maxBodyBytes: number
  readonly now: () => number
  readonly errors: ErrorNaming
  readonly poison: RegExp | null
  readonly fault: FaultShares
  readonly seed: number
  readonly retryAfter: string | null
  readonly latencyMs: number
  readonly slowMs: number
  readonly keep: Keep
}

/** What may change while it runs. `poison: null` refuses nobody any more; `fault` takes the place of all shares. */
export interface Behaviour extends Pick<EmulatorOptions, 'fault' | 'errors' | 'latencyMs' | 'retryAfter' | 'slowMs'> {
  readonly poison?: EmulatorOptions['poison'] | null
}

const CHANGEABLE = ['fault', 'errors', 'latencyMs', 'retryAfter', 'slowMs', 'poison'] as const

/** The settings that a behaviour changes. Throws one Error that names the first bad option and what it may be. */
export function readBehaviour(behaviour: Behaviour): Partial<Settings> {
  const stray = Object.keys(behaviour).find((name) => !CHANGEABLE.includes(name as keyof Behaviour))
  if (stray !== undefined)
    throw new Error(`emulator: "${stray}" cannot change while it runs; what can is ${CHANGEABLE.join(', ')}`)
  const { poison, ...others } = behaviour
  const options: EmulatorOptions = { ...others, ...(typeof poison === 'string' && { poison }) }
  const read = readOptions(poison instanceof RegExp ? { ...options, poison } : options)
  const given = CHANGEABLE.filter((name) => behaviour[name] !== undefined)
  return Object.fromEntries(given.map((name) => [name, read[name]]))
}

interface OptionRule {
  readonly allowed: string
  readonly holds: (value: unknown) => boolean
}

// The longest wait that a timer can hold; a longer one fires at once.
const MAX_TIMER_MS = 2_147_483_647
const MAX_DATE_MS = 8.64e15

const RULES: Readonly<Record<keyof EmulatorOptions, OptionRule>> = {
  contract: oneOf('2026-06', '2026-11', 'both'),
  pixel: { allowed: 'a text that is not empty', holds: isFilledText },
  apiKey: { allowed: 'a text that is not empty', holds: isFilledText },
  maxBody: { allowed: 'a whole number of bytes, 0 or more', holds: isCount },
  now: {
    allowed: 'an ISO 8601 time, Unix milliseconds, a Date or a function that returns milliseconds',
    holds: isClock,
  },
  errors: oneOf('all', 'first', 'none', 'wrong'),
  poison: { allowed: 'a regular expression', holds: isPattern },
  fault: {
    allowed: `shares from 0 to 1, 1 at most in all, of ${FAULT_KINDS.join(', ')}`,
    holds: (value) => isShares(readFaults(value)),
  },
  seed: { allowed: 'a whole number', holds: Number.isSafeInteger },
  retryAfter: { allowed: 'seconds, or a text of visible ASCII characters', holds: isHeaderValue },
  latency: { allowed: 'milliseconds, 0 or more', holds: isWait },
  latencyMs: { allowed: 'milliseconds, 0 or more', holds: isWait },
  slowMs: { allowed: 'milliseconds, 0 or more', holds: isWait },
  keep: oneOf('all', 'ledger', 'count'),
}

/** Checks the options and fills in the defaults. Throws one Error that names the first bad option and what it may be. */
export function readOptions(options: EmulatorOptions = {}): Settings {
  for (const [name, value] of Object.entries(options)) checkOption(name, value)
  return {
    contract: options.contract ?? 'both',
    pixel: options.pixel ?? null,
    apiKey: options.apiKey ?? null,
    maxBodyBytes: options.maxBody ?? Number.POSITIVE_INFINITY,
    now: readClock(options.now),
    errors: options.errors ?? 'all',
    poison: options.poison === undefined ? null : readPattern(options.poison),
    fault: readFaults(options.fault ?? {}) as FaultShares,
    seed: options.seed ?? 1,
    retryAfter: options.retryAfter === undefined ? null : String(options.retryAfter),
    latencyMs: options.latency ?? options.latencyMs ?? 0,
    slowMs: options.slowMs ?? 5000,
    keep: options.keep ?? 'all',
  }
}

/** `lost=0.2` or a list of such as an object; anything else as it is. */
function readFaults(value: unknown): unknown {
  const list = typeof value === 'string' ? [value] : value
  if (!Array.isArray(list)) return value
  return Object.fromEntries(
    list.map((entry) => {
      const [kind = '', share = ''] = String(entry).split('=')
      return [kind, share.trim() === '' ? Number.NaN : Number(share)]
    }),
  )
}

function checkOption(name: string, value: unknown): void {
  if (!Object.hasOwn(RULES, name)) {
    throw new Error(`emulator: there is no option "${name}"; the options are ${Object.keys(RULES).join(', ')}`)
  }
  const rule = RULES[name as keyof EmulatorOptions]
  if (value !== undefined && !rule.holds(value)) {
    throw new Error(`emulator: option "${name}" must be ${rule.allowed}, not ${shown(value)}`)
  }
}

function shown(value: unknown): string {
  return typeof value === 'string' || isObject(value) ? safeJson(value) : String(value)
}

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch {
    return 'this value'
  }
}

function oneOf(...words: string[]): OptionRule {
  return { allowed: `one of ${words.join(', ')}`, holds: (value) => words.includes(value as string) }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isFilledText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isWait(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= MAX_TIMER_MS
}

function isHeaderValue(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^[\x20-\x7e]*$/.test(value))
}

function isClock(value: unknown): boolean {
  return typeof value === 'function' || Math.abs(clockMs(value)) <= MAX_DATE_MS
}

function clockMs(value: unknown): number {
  if (value instanceof Date) return value.getTime()
  if (typeof value === 'string') return /^\d+$/.test(value) ? Number(value) : Date.parse(value)
  return typeof value === 'number' ? value : Number.NaN
}

function readClock(now: EmulatorOptions['now']): () => number {
  if (now === undefined) return Date.now
  if (typeof now === 'function') return now
  const fixedMs = clockMs(now)
  return () => fixedMs
}

function isPattern(value: unknown): boolean {
  if (value instanceof RegExp) return true
  if (typeof value !== 'string') return false
  try {
    readPattern(value)
    return true
  } catch {
    return false
  }
}

function readPattern(poison: string | RegExp): RegExp {
  const pattern = new RegExp(poison)
  // With g or y a pattern remembers where it stopped, and would miss every other id.
  return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
}

function isShares(value: unknown): boolean {
  if (!isObject(value)) return false
  const shares = Object.entries(value).filter(([, share]) => share !== undefined)
  const isShare = ([kind, share]: [string, unknown]): boolean =>
    FAULT_KINDS.includes(kind as FaultKind) && typeof share === 'number' && share >= 0 && share <= 1
  if (!shares.every(isShare)) return false
  const total = shares.reduce((sum, [, share]) => sum + share, 0)
  // Ten shares of 0.1 must pass although their sum in binary may lie a hair above 1.
  return total <= 1 + 1e-9
}
