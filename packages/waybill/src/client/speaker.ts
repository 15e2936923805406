import type { Outcome } from './outcome.ts'
import { warnOnConsole } from './runtime.ts'
import type { Settings } from './settings.ts'

/** The API's codes are its own, and a long life must not gather them without end. */
const MAX_KINDS = 100

/** For a client that told nobody where its outcomes go: warns of the first event of each kind that is refused or has failed. */
export function createSpeaker({ isAlone, runtime }: Pick<Settings, 'isAlone' | 'runtime'>): (outcome: Outcome) => void {
  const told = new Set<string>()
  return ({ status, issues }) => {
    if (!isAlone || (status !== 'refused' && status !== 'failed')) return
    const { code, path, message, hint } = issues.find(({ severity }) => severity === 'error') ?? issues[0]!
    if (told.has(code) || told.size >= MAX_KINDS) return
    told.add(code)
    const where = path === '' ? code : `${code} at ${path}`
    const words = [`waybill: a tracked event ${SAID[status]} (${where}): ${message}`, hint, ONCE].filter(Boolean)
    try {
      const warn = runtime.warn ?? warnOnConsole
      warn.call(runtime, words.join(' '))
    } catch {
      // There is nobody left to tell.
    }
  }
}

const SAID = { refused: 'was refused', failed: 'could not be delivered' } as const
const ONCE = 'Said once for each code; set onOutcome or logger to hear of every event.'
