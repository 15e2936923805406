/** A small shop in Fastify. The server and the pixel both report the order, and it counts once. */
import formbody from '@fastify/formbody'
import fastify, { type FastifyRequest } from 'fastify'
import { opprefHook, opprefOf } from 'waybill/oppref/fastify'
import { consents, orderPaid, stop, thankYou, type Visitor } from './waybill.ts'

const app = fastify()
app.register(formbody)
// On every page, so that the landing page needs nothing of its own.
app.addHook(
  'onRequest',
  opprefHook({ consent: (request: FastifyRequest) => consents(request.headers.cookie), deleteOnDenial: true }),
)
app.addHook('onClose', stop)

app.get('/', (_request, reply) => {
  reply.type('text/html')
  return '<form method="post" action="/checkout"><input name="email" type="email"><button>Buy</button></form>'
})

app.post<{ Body: { email?: string } }>('/checkout', (request, reply) => {
  const key = orderPaid(visitorOf(request, request.body.email))
  return reply.redirect(`/thank-you/${key}`, 303)
})

function visitorOf(request: FastifyRequest, email: string | undefined): Visitor {
  const click = opprefOf(request)
  if (click?.consent !== true) return {}
  return { oppref: click.oppref, user: { email, ipAddress: request.ip, userAgent: request.headers['user-agent'] } }
}

app.get<{ Params: { key: string } }>('/thank-you/:key', (request, reply) => {
  const page = thankYou(request.params.key, consents(request.headers.cookie))
  if (page === undefined) return reply.code(404).send('No such order')
  reply.type('text/html').headers(page.headers)
  return `<!doctype html><title>Thank you</title><h1>Thank you for order ${page.number}</h1>${page.pixel}`
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => app.close())
console.log(await app.listen({ port: Number(process.env['PORT'] ?? 3000), host: '127.0.0.1' }))
