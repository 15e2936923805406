/** What an error of the database means for whoever asked. */
export interface Fault {
  /**
   * `away`: the database cannot be reached, or may not be written just now. `again`: the same transaction may succeed at once. `full`: no
   * room. `wrong`: none of these.
   */
  readonly kind: 'away' | 'again' | 'full' | 'wrong'
  /** Every connection may be as bad as this one: to a primary that is none any more, or to a server that went down. */
  readonly isOfAll: boolean
  /** The server said that the statement failed, so nothing of it was done. */
  readonly isAnswer: boolean
}

const AWAY: Fault = { kind: 'away', isOfAll: true, isAnswer: false }
/** The server's own words, after which the statement counts for nothing. */
const REFUSED: Fault = { kind: 'away', isOfAll: false, isAnswer: true }

/** By SQLSTATE, or the first two characters of one. */
const FAULTS: Readonly<Record<string, Fault>> = {
  // Read only: a standby, or a primary that became one.
  '25006': { ...AWAY, isAnswer: true },
  // Terminated, crashed, starting or stopping. The first can come after a commit.
  '57P': AWAY,
  // The statement was cancelled by somebody, or was idle for too long.
  '57014': REFUSED,
  '25P03': REFUSED,
  '25P04': REFUSED,
  // A pooler says so as well, where its server went away.
  '08': AWAY,
  '40001': { kind: 'again', isOfAll: false, isAnswer: true },
  '40P01': { kind: 'again', isOfAll: false, isAnswer: true },
  // A lock that was not given in time.
  '55P03': REFUSED,
  '53100': { kind: 'full', isOfAll: false, isAnswer: true },
  // Too many connections, out of memory.
  '53': REFUSED,
  // The password or the role, the database: a failover may be in between, and nothing was done.
  '28': REFUSED,
  '3D': REFUSED,
  '58': REFUSED,
}

/** What the role may not do stays so until somebody grants it. */
export const NOT_ALLOWED = '42501'

const REACH =
  'See that PostgreSQL runs, takes connections from here and can be written; a relay that runs goes on by itself.'
const CERTIFICATE =
  'The certificate of the server must name the host that the URL names. ?sslrootcert=/path/ca.pem in the URL names an authority of your own.'

/** What to do next: by SQLSTATE or the first two characters of one, by the code of a connection that failed, or by the words of `pg`. */
const HINTS: Readonly<Record<string, string>> = {
  '28': 'See that the URL names role and password as the server knows them, and that its pg_hba.conf lets this machine in.',
  '3D': 'Make this database, or name one that is there.',
  'The server does not support SSL connections':
    'Other than to this machine the server is spoken to by TLS alone: turn on ssl in its postgresql.conf.',
  ERR_TLS_CERT_ALTNAME_INVALID: CERTIFICATE,
  DEPTH_ZERO_SELF_SIGNED_CERT: CERTIFICATE,
  SELF_SIGNED_CERT_IN_CHAIN: CERTIFICATE,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: CERTIFICATE,
  UNABLE_TO_GET_ISSUER_CERT: CERTIFICATE,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: CERTIFICATE,
  CERT_HAS_EXPIRED: 'Renew the certificate of the server.',
}

/** What to do about a database that is away. */
export function hintOf(error: unknown): string {
  const { code = '', message = '' } = (error ?? {}) as { readonly code?: unknown; readonly message?: string }
  return HINTS[String(code)] ?? HINTS[(codeOf(error) ?? '').slice(0, 2)] ?? HINTS[message] ?? REACH
}

const WRONG: Fault = { kind: 'wrong', isOfAll: false, isAnswer: true }

export function faultOf(error: unknown): Fault {
  const code = codeOf(error)
  // What has no SQLSTATE comes from the network, from a clock of ours, or from a connection that ended.
  if (code === undefined) return AWAY
  return FAULTS[code] ?? FAULTS[code.slice(0, 3)] ?? FAULTS[code.slice(0, 2)] ?? WRONG
}

/** The SQLSTATE of an error that the server sent. */
export function codeOf(error: unknown): string | undefined {
  const { code, severity } = (error ?? {}) as { readonly code?: unknown; readonly severity?: unknown }
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && severity !== undefined ? code : undefined
}

/** The constraint that an error names. */
export function constraintOf(error: unknown): string | undefined {
  return codeOf(error) === '23505' ? (error as { readonly constraint?: string }).constraint : undefined
}
