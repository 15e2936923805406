import { setImmediate as nextTurn } from 'node:timers/promises'

/** Asks again, turn by turn, until it is so. */
export async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await nextTurn()
}
