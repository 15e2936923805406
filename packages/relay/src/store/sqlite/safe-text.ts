import { type Issue, redact } from 'waybill'
import type { Database } from './database.ts'

const CUSTOM = 'custom:'

/** Functions for migrations: texts of what intake refused, as they would be kept today, with nothing personal in them. */
const SAFE: Readonly<Record<string, (text: string) => string>> = {
  safe_event: (wire) => JSON.stringify(redact(parsed(wire))),
  // A message repeats no value, but a path has the keys of the event.
  safe_issues: (issues) =>
    JSON.stringify((parsed(issues) as Issue[]).map((one) => ({ ...one, path: safeWord(one.path) }))),
  safe_name: (name) => (name.startsWith(CUSTOM) ? `${CUSTOM}${safeWord(name.slice(CUSTOM.length))}` : safeWord(name)),
}

export function defineSafeTexts(database: Database): void {
  for (const [name, safe] of Object.entries(SAFE)) database.define(name, safe)
}

function safeWord(word: string): string {
  const { custom_event_name: safe } = redact({ custom_event_name: word }) as { custom_event_name: string }
  return safe
}

/** What cannot be read cannot be cleaned either, and is not kept. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return []
  }
}
