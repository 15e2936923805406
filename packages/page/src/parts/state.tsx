import { t } from '../texts/index.ts'

/** A sign for each state, so that none is told by colour alone. */
const SIGNS: Readonly<Record<string, readonly [sign: string, className: string]>> = {
  accepted: ['○', ''],
  queued: ['○', ''],
  sending: ['◐', ''],
  delivered: ['●', 'delivered'],
  refused: ['■', 'refused'],
  held: ['▲', 'held'],
  expired: ['◆', 'refused'],
  discarded: ['×', 'muted'],
}

export function State({ state, word }: { readonly state: string; readonly word?: string }) {
  const [sign, className] = SIGNS[state] ?? ['○', '']
  return (
    <span className={`state ${className}`}>
      <span aria-hidden="true">{sign}</span>
      {word ?? t.states[state] ?? state}
    </span>
  )
}
