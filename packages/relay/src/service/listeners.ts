import type { RelayConfig } from '../config/index.ts'
import { createServer, keepUntilAnswered, type Route, type ServerOptions } from '../http/index.ts'

/** Everything that takes connections: one server, or two where the page has an address of its own. */
export interface Listeners {
  /** Where events are brought, without a slash at its end. */
  readonly url: string
  /** Where the page and `/api` are. */
  readonly adminUrl: string
  /** Resolves when the last connection has ended. */
  close(): Promise<void>
  closeIdleConnections(): void
  closeAllConnections(): void
}

/** Starts to listen wherever the configuration says. */
export async function openListeners(
  { listen, adminListen }: Pick<RelayConfig, 'listen' | 'adminListen'>,
  { routes, ...options }: ServerOptions,
): Promise<Listeners> {
  const parts = adminListen === undefined ? [routes] : [routes.filter(isForAll), routes.filter(isForAdmin)]
  const servers = parts.map((own) => createServer({ ...options, routes: own }))
  for (const { server } of servers) keepUntilAnswered(server)
  const close = async (): Promise<void> => void (await Promise.all(servers.map((one) => one.close())))
  try {
    const url = await servers[0]!.listen(listen)
    const adminUrl = adminListen === undefined ? url : await servers[1]!.listen(adminListen)
    return {
      url,
      adminUrl,
      close,
      closeIdleConnections() {
        for (const { server } of servers) server.closeIdleConnections()
      },
      closeAllConnections() {
        for (const { server } of servers) server.closeAllConnections()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

const ADMIN_DOORS: ReadonlySet<string> = new Set(['page', 'viewer', 'admin'])
/** Where it says how it is, and what it has: at every address. */
const EVERYWHERE: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/openapi.json'])

function isForAdmin({ access, path }: Route): boolean {
  return ADMIN_DOORS.has(access) || path === '/metrics' || EVERYWHERE.has(path)
}

function isForAll(route: Route): boolean {
  return !isForAdmin(route) || EVERYWHERE.has(route.path)
}
