import { jsonAnswer, textAnswer } from './answer.ts'
import { packedRoute } from './packing/index.ts'
import type { Route } from './route.ts'

export interface HealthOptions {
  /** Resolves when the store answers. */
  readonly askStore: () => Promise<unknown>
  readonly isStopping: () => boolean
}

/** `/healthz`: the process is alive. `/readyz`: the store answers and the relay is not stopping. */
export function healthRoutes({ askStore, isStopping }: HealthOptions): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/healthz',
      access: 'anyone',
      summary: 'Says that the process is alive.',
      answers: { 200: 'It is.' },
      run: async () => jsonAnswer(200, { status: 'alive' }),
    },
    {
      method: 'GET',
      path: '/readyz',
      access: 'anyone',
      summary: 'Says whether the store answers and the relay is not stopping.',
      answers: { 200: 'So it is.', 503: 'The store does not answer, or the relay is stopping.' },
      async run() {
        if (isStopping()) return jsonAnswer(503, { status: 'stopping' })
        try {
          await askStore()
        } catch {
          return jsonAnswer(503, { status: 'store does not answer' })
        }
        return jsonAnswer(200, { status: 'ready' })
      },
    },
  ]
}

/** `/metrics`, in the text format of Prometheus. */
export function metricsRoute(read: () => Promise<{ readonly contentType: string; readonly text: string }>): Route {
  return packedRoute({
    method: 'GET',
    path: '/metrics',
    access: 'reader',
    summary: 'The metrics, for Prometheus.',
    answers: { 200: 'The metrics.' },
    async run() {
      const { contentType, text } = await read()
      return textAnswer(200, contentType, text)
    },
  })
}
