/** One thing that is wrong with a row. `path` is the column for a fault of a cell, empty for a fault of the whole row. */
export interface Issue {
  readonly code: string
  readonly path: string
  readonly message: string
  readonly severity: 'error' | 'warning'
  readonly hint?: string
}

/** An issue that stops its event. Messages never repeat what the cell holds. */
export function fault(code: string, path: string, message: string, hint?: string): Issue {
  return { code, path, message, severity: 'error', ...(hint === undefined ? {} : { hint }) }
}

/** Whether any of the issues stops the event; warnings do not. */
export function hasErrors(issues: readonly Issue[]): boolean {
  return issues.some((issue) => issue.severity === 'error')
}
