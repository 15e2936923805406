import { z } from 'zod'
import type { Way } from './page-origin.ts'

/** Whether people can log in, and what to do where they cannot. */
export interface LoginView {
  readonly canLogIn: boolean
  readonly why: 'plain_http' | 'no_admin_token' | null
  readonly publicUrl: string | null
  readonly remedies: readonly Remedy[]
}

interface Remedy {
  readonly code: 'public_url' | 'tls_proxy' | 'ssh' | 'admin_token'
  readonly text: string
  readonly command?: string | undefined
}

export const loginViewSchema: z.ZodType<LoginView> = z.strictObject({
  canLogIn: z.boolean(),
  why: z.enum(['plain_http', 'no_admin_token']).nullable().meta({ description: 'Why nobody can.' }),
  publicUrl: z.string().nullable().meta({ description: 'Where people can, as the configuration says.' }),
  remedies: z.array(
    z.strictObject({
      code: z.enum(['public_url', 'tls_proxy', 'ssh', 'admin_token']),
      text: z.string(),
      command: z.string().optional(),
    }),
  ),
})

const PROXY: Remedy = {
  code: 'tls_proxy',
  text: 'Put a proxy with TLS before the relay, and set publicUrl to its address.',
  command: 'WAYBILL_PUBLIC_URL=https://waybill.example.com waybill serve',
}
const SSH: Remedy = {
  code: 'ssh',
  text: 'Or bring its port to your machine, then open http://127.0.0.1:8787/ there.',
  command: 'ssh -L 8787:127.0.0.1:8787 <the machine of the relay>',
}
const TOKEN: Remedy = {
  code: 'admin_token',
  text: 'Everybody on this machine is an operator. For others, set an admin token.',
  command: 'WAYBILL_ADMIN_TOKEN_FILE=<file> waybill serve',
}

export const PLAIN_HTTP_MESSAGE: string = `Over plain http whoever listens on the way would have your session. ${PROXY.text} ${SSH.text} ${SSH.command}`

/** Whether people can log in on this way, and what to do where they cannot. */
export function loginView(way: Way, publicUrl: string | undefined, hasTokens: boolean): LoginView {
  const common = { publicUrl: publicUrl ?? null }
  if (!hasTokens) return { ...common, canLogIn: false, why: 'no_admin_token', remedies: [TOKEN] }
  if (way.kind !== 'plain') return { ...common, canLogIn: true, why: null, remedies: [] }
  return { ...common, canLogIn: false, why: 'plain_http', remedies: [...atPublicUrl(publicUrl), SSH] }
}

function atPublicUrl(publicUrl: string | undefined): Remedy[] {
  return publicUrl === undefined ? [PROXY] : [{ code: 'public_url', text: `Open ${publicUrl}/ instead.` }]
}
