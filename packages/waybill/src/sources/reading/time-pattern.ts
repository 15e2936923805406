import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../duration.ts'
import { monthOf } from './month-names.ts'
import { hourOfHalf, type WrittenTime } from './written-time.ts'

type Part = 'year' | 'month' | 'name' | 'day' | 'hour' | 'minute' | 'second' | 'fraction' | 'half' | 'offset' | 'skip'

/** Letters of a pattern as spreadsheets and programs write them, with what each matches. */
const LETTERS: readonly (readonly [letters: RegExp, part: Part, source: string])[] = [
  [/^y{3,4}|^Y{3,4}/, 'year', '(\\d{4})'],
  [/^yy?|^YY?/, 'year', '(\\d{2})'],
  [/^M{3,4}/, 'name', '(\\p{L}{3,12}\\.?)'],
  [/^MM?/, 'month', '(\\d{1,2})'],
  [/^E{1,4}|^d{3,4}|^D{3,4}/, 'skip', '(\\p{L}{2,12}\\.?)'],
  [/^dd?|^DD?/, 'day', '(\\d{1,2})'],
  [/^HH?|^hh?/, 'hour', '(\\d{1,2})'],
  [/^mm?/, 'minute', '(\\d{1,2})'],
  [/^ss?/, 'second', '(\\d{1,2})'],
  [/^S{1,9}/, 'fraction', '(\\d{1,9})'],
  [/^(?:am\/pm|AM\/PM|a|A|tt)/, 'half', '([aApP])\\.?[mM]\\.?'],
  [/^(?:XXX|XX|X|ZZ?|xxx)/, 'offset', '([zZ]|[+-]\\d\\d:?\\d\\d|[+-]\\d\\d)'],
]
/** The letters of strftime, said in those above. */
const PERCENT: Readonly<Record<string, string>> = {
  Y: 'yyyy',
  y: 'yy',
  m: 'MM',
  b: 'MMM',
  B: 'MMMM',
  d: 'dd',
  e: 'd',
  H: 'HH',
  I: 'hh',
  M: 'mm',
  S: 'ss',
  f: 'SSS',
  p: 'a',
  z: 'XX',
  a: 'EEE',
  A: 'EEEE',
}

interface Compiled {
  readonly looks: RegExp
  readonly parts: readonly Part[]
}

const compiled = new Map<string, Compiled | undefined>()

/** Whether a text is a pattern of a time, such as `dd.MM.yyyy HH:mm`: it names year, month and day. */
export function isTimePattern(pattern: string): boolean {
  return compile(pattern) !== undefined
}

/** Reads a trimmed text by a pattern. `undefined` where it does not fit, or names no real hour. */
export function parseByPattern(text: string, pattern: string): WrittenTime | undefined {
  const known = compile(pattern)
  const found = known?.looks.exec(text)
  if (known === undefined || found === undefined || found === null) return undefined
  const values = new Map(known.parts.map((part, at) => [part, found[at + 1]!]))
  const month = values.has('name') ? monthOf(values.get('name')!) : Number(values.get('month'))
  const clockMs = clockOf(values)
  if (month === undefined || clockMs === null) return undefined
  const year = Number(values.get('year'))
  return {
    day: { year: year < 100 ? 2000 + year : year, month, day: Number(values.get('day')) },
    clockMs,
    ...offsetOf(values.get('offset')),
  }
}

function compile(pattern: string): Compiled | undefined {
  if (!compiled.has(pattern)) compiled.set(pattern, compiledOf(pattern))
  return compiled.get(pattern)
}

function compiledOf(pattern: string): Compiled | undefined {
  let rest = withOwnLetters(pattern)
  let source = ''
  const parts: Part[] = []
  while (rest !== '') {
    const quoted = /^'([^']*)'/.exec(rest)
    const letter = quoted === null ? letterOf(rest) : undefined
    if (letter === undefined && quoted === null && /^[A-SU-Z]/i.test(rest)) return undefined
    if (letter !== undefined) parts.push(letter.part)
    source += letter?.source ?? escaped(quoted?.[1] ?? rest.charAt(0))
    rest = rest.slice(letter?.length ?? quoted?.[0].length ?? 1)
  }
  const has = (part: Part): boolean => parts.includes(part)
  if (new Set(parts).size !== parts.length || !has('year') || !has('day')) return undefined
  return has('month') || has('name') ? { looks: new RegExp(`^${source}$`, 'iu'), parts } : undefined
}

function letterOf(text: string): { readonly part: Part; readonly source: string; readonly length: number } | undefined {
  for (const [letters, part, source] of LETTERS) {
    const found = letters.exec(text)
    if (found !== null) return { part, source, length: found[0].length }
  }
  return undefined
}

/** Spreadsheets write a small m for months too: where no capital stands, the one that does not follow an hour is the month. */
function withOwnLetters(pattern: string): string {
  const own = pattern.replace(/%([a-zA-Z])/g, (all, letter: string) => PERCENT[letter] ?? all)
  if (own.includes('M')) return own
  return own.replace(/(h+[:.]?)?(m+)/gi, (all, hours: string | undefined, letters: string) =>
    hours === undefined ? letters.toUpperCase() : all,
  )
}

function escaped(text: string): string {
  return text === ' ' ? '[ \\u00a0\\u202f]+' : text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

/** Milliseconds after midnight; `undefined` without an hour, null where the hour does not exist. */
function clockOf(values: ReadonlyMap<Part, string>): number | undefined | null {
  const hours = values.get('hour')
  if (hours === undefined) return undefined
  const half = values.get('half')?.toLowerCase()
  const hour = half === undefined ? Number(hours) : hourOfHalf(Number(hours), half)
  const [minute, second] = [Number(values.get('minute') ?? 0), Number(values.get('second') ?? 0)]
  if (hour === undefined || hour > 23 || minute > 59 || second > 60) return null
  const ms = Number((values.get('fraction') ?? '').slice(0, 3).padEnd(3, '0'))
  return hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS + ms
}

function offsetOf(text: string | undefined): { offsetMinutes?: number } {
  if (text === undefined) return {}
  if (/^z$/i.test(text)) return { offsetMinutes: 0 }
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(3).replace(':', '') || 0)
  return { offsetMinutes: text.startsWith('-') ? -minutes : minutes }
}
