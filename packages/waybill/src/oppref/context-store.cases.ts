/** The relay's context store as the contract has it, in memory, for one pixel and one token. */
import type { RequestListener } from 'node:http'
import { serve } from './raw-http.cases.ts'

export const TOKEN = 'intake-token-1'
export const PIXEL = 'px_1'

export interface ContextStore {
  readonly url: string
  /** Method and target of each request, in order. */
  readonly asked: readonly string[]
  /** Key → body, as they arrived. */
  readonly kept: ReadonlyMap<string, unknown>
  close(): void
}

export async function startContextStore(): Promise<ContextStore> {
  const asked: string[] = []
  const kept = new Map<string, unknown>()
  const listener: RequestListener = async (request, response) => {
    const { method = '', url = '', headers } = request
    asked.push(`${method} ${url}`)
    const [, segment] = /^\/v1\/context\/([^/?]+)\?pid=px_1$/.exec(url) ?? []
    if (headers.authorization !== `Bearer ${TOKEN}`) return response.writeHead(401).end('{"error":{}}')
    if (segment === undefined) return response.writeHead(400).end()
    const key = decodeURIComponent(segment)
    const body = (await request.toArray()).join('')
    if (method === 'PUT') kept.set(key, JSON.parse(body))
    if (method === 'DELETE') kept.delete(key)
    if (method !== 'GET') return response.writeHead(204).end()
    return kept.has(key) ? response.writeHead(200).end(JSON.stringify(kept.get(key))) : response.writeHead(404).end()
  }
  const { port, close } = await serve((request, response) => void listener(request, response))
  return { url: `http://127.0.0.1:${port}`, asked, kept, close }
}
