import type { Issue } from '../contract/issue.ts'
import { deliveryIssue } from './outcome.ts'

/** One signal for everything that can end a send; the first reason is the one that counts. */
export interface Stop {
  readonly signal: AbortSignal
  because(why: Issue): void
  why(): Issue | undefined
  release(): void
}

export function createStop(outer: AbortSignal | undefined): Stop {
  const controller = new AbortController()
  let reason: Issue | undefined
  const because = (why: Issue): void => {
    reason ??= why
    controller.abort()
  }
  const aborted = (): void => because(deliveryIssue('aborted'))
  if (outer?.aborted) aborted()
  outer?.addEventListener('abort', aborted)
  return {
    signal: controller.signal,
    because,
    why: () => reason,
    release: () => outer?.removeEventListener('abort', aborted),
  }
}
