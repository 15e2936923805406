/** What is known of a visitor at landing and wanted when the order is paid, days later. */
export interface VisitContext {
  /** What the visitor said. Without consent only this and the time are kept. */
  readonly consent: boolean
  /** When the visitor came, Unix milliseconds. */
  readonly landedAtMs: number
  /** The click reference, exactly as it came. */
  readonly oppref?: string | undefined
  /** The pixel's browser reference. */
  readonly obref?: string | undefined
  /** The visitor's IPv4 or IPv6 address. */
  readonly ipAddress?: string | undefined
  /** The visitor's `User-Agent` header. */
  readonly userAgent?: string | undefined
}

type TextKey = 'oppref' | 'obref' | 'ipAddress' | 'userAgent'

/** Our name → the one on the wire, for what is kept only with consent. */
const TEXT_KEYS = Object.entries({
  oppref: 'oppref',
  obref: 'obref',
  ipAddress: 'ip_address',
  userAgent: 'user_agent',
} satisfies Record<TextKey, string>) as readonly (readonly [TextKey, string])[]

/** The body of `PUT /v1/context/<key>`. Without consent it holds nothing of the visitor. */
export function writeContext(context: VisitContext): string {
  const { consent, landedAtMs } = context
  const allowed = consent === true
  const texts = allowed ? TEXT_KEYS.map(([key, wire]) => [wire, context[key]]) : []
  return JSON.stringify({ ...Object.fromEntries(texts), consent: allowed, landed_at_ms: landedAtMs })
}

/** The answer of `GET /v1/context/<key>`; `undefined` where it is none. */
export function readContext(body: unknown): VisitContext | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const { consent, landed_at_ms: landedAtMs, ...rest } = body as Record<string, unknown>
  if (typeof consent !== 'boolean' || typeof landedAtMs !== 'number') return undefined
  const texts = TEXT_KEYS.map(([key, wire]) => [key, rest[wire]]).filter(([, value]) => typeof value === 'string')
  return { ...Object.fromEntries(consent ? texts : []), consent, landedAtMs }
}
