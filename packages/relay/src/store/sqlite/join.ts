import type { Operation } from './group-commit.ts'

/**
 * How an operation that gives a result for each item of a list is done together with its neighbours of the same key: as one, over the
 * items of all. Many callers that bring one event each then cost little more than one that brings many.
 */
export interface Join {
  readonly key: string
  readonly items: readonly unknown[]
  readonly runAll: (items: readonly unknown[]) => readonly unknown[]
}

/** Runs operations in their order, those that can be as one; gives the result of each. */
export function runOperations(operations: readonly Operation<unknown>[]): unknown[] {
  return neighbours(operations).flatMap(([first, ...others]) =>
    first?.join === undefined || others.length === 0
      ? [first?.run()]
      : runTogether(first.join.runAll, [first.join, ...others.map(({ join }) => join!)]),
  )
}

function neighbours(operations: readonly Operation<unknown>[]): Operation<unknown>[][] {
  const parts: Operation<unknown>[][] = []
  for (const operation of operations) {
    const last = parts.at(-1)
    const key = operation.join?.key
    if (last !== undefined && key !== undefined && last[0]!.join?.key === key) last.push(operation)
    else parts.push([operation])
  }
  return parts
}

function runTogether(runAll: Join['runAll'], joins: readonly Join[]): unknown[] {
  const results = runAll(joins.flatMap(({ items }) => items))
  let at = 0
  return joins.map(({ items }) => {
    at += items.length
    return results.slice(at - items.length, at)
  })
}
