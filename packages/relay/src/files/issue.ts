import type { Issue, IssueCode } from 'waybill'

export type { Issue } from 'waybill'

/** An issue that stops its event. Messages never repeat what the cell holds. */
export function fault(code: IssueCode, path: string, message: string, hint?: string): Issue {
  return { code, path, message, severity: 'error', ...(hint === undefined ? {} : { hint }) }
}

/** Whether any of the issues stops the event; warnings do not. */
export function hasErrors(issues: readonly Issue[]): boolean {
  return issues.some((issue) => issue.severity === 'error')
}
