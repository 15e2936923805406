/** Where the state of the relay is kept that marks are made from. */
export const STATE_KEY = 'store.noted-state'
const MAX_NAMED = 8

type State = Readonly<Record<string, string>>

/**
 * What differs between two states, as marks say it: at most one line for each kind of change of each entry. Values are told only where
 * they are a version.
 */
export function changesOf(before: State, after: State): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  const changed = names.filter((name) => before[name] !== after[name])
  const lines = changed.map((name) => {
    if (before[name] === undefined) return `${name} added`
    if (after[name] === undefined) return `${name} removed`
    return name === 'version' ? `Waybill ${after[name]}` : `${name} changed`
  })
  const rest = lines.length - MAX_NAMED
  return rest <= 0 ? lines : [...lines.slice(0, MAX_NAMED), `${rest} more settings changed`]
}
