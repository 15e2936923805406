import { styleText } from 'node:util'
import { shown } from './shown.ts'

type Style = Parameters<typeof styleText>[0]

const COLOURS: Readonly<Record<string, Style>> = { debug: 'gray', info: 'green', warn: 'yellow', error: 'red' }
const NOT_DETAILS: ReadonlySet<string> = new Set(['level', 'time', 'msg', 'service', 'version'])

/** One JSON line of the log as a line for people. */
export function prettyLine(line: string): string {
  let entry: Readonly<Record<string, unknown>>
  try {
    entry = JSON.parse(line) as Readonly<Record<string, unknown>>
  } catch {
    return shown(line)
  }
  const { level, time, msg } = entry
  const name = String(level)
  const details = Object.entries(entry).filter(([key]) => !NOT_DETAILS.has(key))
  const words = details.map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const colour = styleText(COLOURS[name] ?? 'white', shown(name).padEnd(5), { validateStream: false })
  return `${String(time).slice(11, 19)} ${colour} ${shown([String(msg ?? ''), ...words].join('  '))}\n`
}
