import { InvalidArgumentError } from 'commander'

/** Readers of option values; each throws what commander tells the user in one line. */

export function readTime(text: string): string {
  if (Number.isNaN(Date.parse(text))) throw new InvalidArgumentError('It must be a time such as 2026-03-01T12:00:00Z.')
  return new Date(text).toISOString()
}

export function readPositive(text: string): number {
  const number = Number(text)
  if (Number.isFinite(number) && number > 0) return number
  throw new InvalidArgumentError('It must be a number above 0.')
}

/** Whole numbers from 1 to 9999: as many lines as anybody reads. */
export function readCount(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 1 to 9999.')
}

/** A port; 0 takes any that is free. */
export function readPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 0 to 65535.')
}

/** For options that may be given several times. */
export function collect<Value>(read: (text: string) => Value): (text: string, before?: readonly Value[]) => Value[] {
  return (text, before = []) => [...before, read(text)]
}

/** A list in a variable, separated by commas or spaces: `relay,10.0.0.5`. */
export function namesIn(text: string = ''): string[] {
  return text.split(/[\s,]+/).filter((name) => name !== '')
}
