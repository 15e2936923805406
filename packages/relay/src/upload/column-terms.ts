import type { Issue } from 'waybill'

/** Names of the friendly form → the columns that people with a table know. */
const COLUMNS: Readonly<Record<string, string>> = {
  actionSource: 'action_source',
  sourceUrl: 'source_url',
  customEventName: 'custom_event_name',
  optOut: 'opt_out',
  planId: 'plan_id',
  contentType: 'content_type',
  externalId: 'external_id',
  postalCode: 'zip_code',
  ipAddress: 'ip_address',
  userAgent: 'user_agent',
  firstName: 'first_name',
  lastName: 'last_name',
}
const FRIENDLY_NAME = new RegExp(`\\b(?:${Object.keys(COLUMNS).join('|')})\\b`, 'g')

/** The issue in the words of a table's columns. */
export function inColumnTerms(issue: Issue): Issue {
  const { path, message, hint } = issue
  return {
    ...issue,
    path: renamed(path),
    message: renamed(message),
    ...(hint !== undefined && { hint: renamed(hint) }),
  }
}

function renamed(text: string): string {
  return text.replace(FRIENDLY_NAME, (name) => COLUMNS[name]!)
}
