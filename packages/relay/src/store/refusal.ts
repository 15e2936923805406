import type { Issue } from 'waybill'

/** The first error of an event that ends at intake: the reason its account gives. */
export function refusalReason(issues: readonly Issue[]): { readonly code: string; readonly message: string } {
  const { code, message } = issues.find(({ severity }) => severity === 'error') ?? issues[0] ?? UNNAMED
  return { code, message }
}

const UNNAMED = { code: 'refused', message: 'The event was refused at intake.' }
