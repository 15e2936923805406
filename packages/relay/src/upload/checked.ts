import { type Contract, check, type Issue, type WireEvent } from 'waybill'
import { type Candidate, createSeen, hasErrors } from '../files/index.ts'

/** What the local checks say of one event of a file. */
export type Judged =
  | { readonly kind: 'good'; readonly event: WireEvent; readonly warnings: readonly Issue[] }
  | { readonly kind: 'refused'; readonly issues: readonly Issue[] }
  | { readonly kind: 'duplicate' }

/** Judges events one after the other and remembers which keys it has seen. */
export interface Judge {
  judge(candidate: Candidate): Judged
  close(): void
}

export interface JudgeOptions {
  readonly contract: Contract
  readonly now: () => number
}

/** A file's optional fields must not cost a conversion, so a malformed `user` field is dropped with a warning. */
export function createJudge({ contract, now }: JudgeOptions): Judge {
  const seen = createSeen()
  return {
    judge(candidate) {
      if (candidate.kind === 'duplicate') return { kind: 'duplicate' }
      const { input, issues } = candidate
      if (input === undefined) return { kind: 'refused', issues }
      const result = check(input, { now: now(), contract, invalidIdentity: 'drop' })
      if (!result.ok) return { kind: 'refused', issues: [...issues, ...notSaidYet(result.issues, issues)] }
      if (hasErrors(issues)) return { kind: 'refused', issues: [...issues, ...result.warnings] }
      const { event } = result
      const found = seen.classify(JSON.stringify(keyOf(event)), JSON.stringify(event))
      if (found === 'duplicate') return { kind: 'duplicate' }
      if (found === 'conflict') return { kind: 'refused', issues: [conflict()] }
      return { kind: 'good', event, warnings: [...issues, ...result.warnings] }
    },
    close: () => seen.close(),
  }
}

/** The dedup key of the API within one pixel. */
function keyOf(event: WireEvent): readonly string[] {
  return [event.type === 'custom' ? `custom ${event.custom_event_name}` : event.type, event.id]
}

function conflict(): Issue {
  return {
    code: 'conflicting_repeat',
    path: '',
    message: 'An earlier row has the same id and type but other content; the first one counts.',
    severity: 'error',
    hint: 'Give the row an id of its own if it is another conversion, or remove it.',
  }
}

/** A cell that could not be read leaves its field out or unread; what follows from that alone is not said a second time. */
function notSaidYet(found: readonly Issue[], said: readonly Issue[]): readonly Issue[] {
  if (said.length === 0) return found
  const families = new Set(said.map(({ code }) => familyOf(code)))
  return found.filter((issue) => {
    const family =
      issue.code === 'missing_field' || issue.code === 'invalid_type' ? familyOf(issue.path) : familyOf(issue.code)
    return family === undefined || !families.has(family)
  })
}

function familyOf(word: string): string | undefined {
  return /timestamp|local_time/.test(word) ? 'time' : /amount/.test(word) ? 'amount' : undefined
}
