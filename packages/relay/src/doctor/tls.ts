import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import { DAY_MS } from 'waybill/delivery'
import type { Endpoint } from './endpoint.ts'
import type { Finding } from './finding.ts'
import { codeOf, within } from './within.ts'

/** How a verified TLS connection to the endpoint went. */
export type TlsFacts =
  | { readonly host: string; readonly state: 'clear' }
  | { readonly host: string; readonly state: 'verified'; readonly protocol: string; readonly endsMs: number }
  | { readonly host: string; readonly state: 'failed'; readonly code: string }

/** Certificates of public authorities are renewed about a month ahead; later than this somebody forgot. */
const SOON_DAYS = 14

const UNTRUSTED =
  'Where a proxy of yours opens TLS, name its authority with NODE_EXTRA_CA_CERTS; otherwise nothing may be sent there.'
const REMEDIES: Readonly<Record<string, readonly [message: string, next: string]>> = {
  CERT_HAS_EXPIRED: [
    'the certificate has ended',
    "Check this machine's date; if it is right, ask who runs the endpoint.",
  ],
  CERT_NOT_YET_VALID: ['the certificate is not valid yet', "Check this machine's date."],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'the certificate is for another host',
    'Check the endpoint, and whether something else answers in its place.',
  ],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['nobody vouches for the certificate', UNTRUSTED],
  SELF_SIGNED_CERT_IN_CHAIN: ['its certificate authority is not trusted', UNTRUSTED],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['its certificate authority is not trusted', UNTRUSTED],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['its certificate authority is not trusted', UNTRUSTED],
  ECONNREFUSED: ['nobody listens there', 'Check host and port of the endpoint.'],
}
const OTHER_REMEDY = 'Look for a firewall or proxy between this machine and the endpoint.'

export function judgeTls(facts: TlsFacts, nowMs: number): Finding {
  const about = { check: 'tls', about: facts.host } as const
  if (facts.state === 'clear') return { ...about, level: 'ok', message: 'http to this machine, which needs none' }
  if (facts.state === 'failed') {
    const [message, next] = REMEDIES[facts.code] ?? ['no connection', OTHER_REMEDY]
    return { ...about, level: 'wrong', message: `${message} (${facts.code})`, next }
  }
  const days = Math.floor((facts.endsMs - nowMs) / DAY_MS)
  const message = `${facts.protocol}, the certificate is verified and good for ${days} ${days === 1 ? 'day' : 'days'}`
  if (days >= SOON_DAYS) return { ...about, level: 'ok', message }
  return {
    ...about,
    level: 'warning',
    message,
    next: 'Ask who runs the endpoint to renew it: after that nothing goes.',
  }
}

export type Connect = (options: ConnectionOptions) => TLSSocket

/** Connects, verifies, and hangs up. Sends nothing. */
export async function askTls(
  { host, port, isEncrypted, isAddress }: Endpoint,
  timeoutMs: number,
  connect: Connect = connectTls,
): Promise<TlsFacts> {
  if (!isEncrypted) return { host, state: 'clear' }
  // Whatever NODE_TLS_REJECT_UNAUTHORIZED says: the question is whether the certificate is good.
  const socket = connect({ host, port, ...(!isAddress && { servername: host }), rejectUnauthorized: true })
  try {
    await within(timeoutMs, handshake(socket))
    const { valid_to: end } = socket.getPeerCertificate()
    return { host, state: 'verified', protocol: socket.getProtocol() ?? 'TLS', endsMs: Date.parse(end) }
  } catch (error) {
    return { host, state: 'failed', code: codeOf(error) }
  } finally {
    socket.destroy()
  }
}

function handshake(socket: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('secureConnect', resolve)
    // Also after the end of the wait: an error that nobody hears would end the process.
    socket.on('error', reject)
  })
}
