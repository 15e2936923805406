/**
 * What a shop knew of a visitor when the order was placed, kept under the order's key until the event is sent: the click reference,
 * the browser's, address and user agent, and whether the visitor agreed. In the wire's names.
 */
export interface Context {
  readonly oppref?: string | undefined
  readonly obref?: string | undefined
  readonly ip_address?: string | undefined
  readonly user_agent?: string | undefined
  readonly consent: boolean
  /** Unix milliseconds. */
  readonly landed_at_ms?: number | undefined
}

type Fields = Record<string, unknown>

/** Fields of `user` that a context fills in; both generations of the contract have them. */
const USER_FIELDS = ['ip_address', 'user_agent', 'obref'] as const

/**
 * The event as it is sent: what it has itself stays, and what it lacks comes from its context. Without consent it carries none of it,
 * wherever it came from. It is asked at each attempt, so that a consent that was withdrawn meanwhile counts.
 */
export function withContext(wire: string, context: Context | undefined): string {
  if (context === undefined) return wire
  const event = JSON.parse(wire) as Fields
  return JSON.stringify(context.consent ? joined(event, context) : withoutTraces(event))
}

function joined(event: Fields, context: Context): Fields {
  const user: Fields = { ...(event['user'] as Fields | undefined) }
  for (const field of USER_FIELDS) if (context[field] !== undefined) user[field] ??= context[field]
  const oppref = event['oppref'] ?? context.oppref
  return { ...event, ...(oppref !== undefined && { oppref }), ...(Object.keys(user).length > 0 && { user }) }
}

/** Fields that an event gets from its context, and had not itself. */
export function addedBy(wire: string, context: Context): string[] {
  if (!context.consent) return []
  const { oppref, user = {} } = JSON.parse(wire) as { readonly oppref?: unknown; readonly user?: Fields }
  const added = USER_FIELDS.filter((field) => context[field] !== undefined && user[field] === undefined)
  return context.oppref !== undefined && oppref === undefined ? ['oppref', ...added] : [...added]
}

function withoutTraces({ oppref: _oppref, user, ...event }: Fields): Fields {
  const rest: Fields = { ...(user as Fields | undefined) }
  for (const field of USER_FIELDS) delete rest[field]
  return Object.keys(rest).length === 0 ? event : { ...event, user: rest }
}
