import { type Logger, pino, stdSerializers } from 'pino'
import { VERSION, withoutEmails } from 'waybill'
import { prettyLine } from './pretty.ts'
import { shown } from './shown.ts'

export interface LoggerOptions {
  readonly stream: NodeJS.WritableStream & { readonly isTTY?: boolean }
  readonly level: string
  /** Colour and words instead of JSON. Default: on a terminal. */
  readonly pretty?: boolean
  /** What must never be written, whatever text it hides in. */
  readonly secrets: () => readonly string[]
}

export type Log = Logger

/** Keys whose values are never written, at the top and one level down. */
const HIDDEN = ['apiKey', 'token', 'authorization', 'user', 'wire', 'body', 'event', 'events']
const REMOVED = '[removed]'
/** A shorter one is no secret, and would be found inside of ordinary words. */
const LEAST_SECRET = 6

/** Logs to a stream: JSON lines, or words on a terminal. Secrets and addresses are taken out of the finished line. */
export function createLogger({ stream, level, secrets, pretty = stream.isTTY === true }: LoggerOptions): Log {
  const write = (line: string): void => {
    const safe = scrub(line, secrets())
    stream.write(pretty ? prettyLine(safe) : shown(safe))
  }
  return pino(
    {
      level,
      base: { service: 'waybill', version: VERSION },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: HIDDEN.flatMap((key) => [key, `*.${key}`]), censor: REMOVED },
      serializers: { err: stdSerializers.err },
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  )
}

function scrub(line: string, secrets: readonly string[]): string {
  let safe = withoutEmails(line)
  for (const secret of secrets) if (secret.length >= LEAST_SECRET) safe = safe.replaceAll(secret, REMOVED)
  return safe
}
