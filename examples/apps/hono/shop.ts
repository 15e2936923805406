/** A small shop in Hono. The server and the pixel both report the order, and it counts once. */
import { serve } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { opprefMiddleware, opprefOf } from 'waybill/oppref/hono'
import { consents, orderPaid, stop, thankYou, type Visitor } from './waybill.ts'

const app = new Hono()
// On every page, so that the landing page needs nothing of its own.
app.use(opprefMiddleware({ consent: (c: Context) => consents(c.req.header('cookie')), deleteOnDenial: true }))

app.get('/', (c) =>
  c.html('<form method="post" action="/checkout"><input name="email" type="email"><button>Buy</button></form>'),
)

app.post('/checkout', async (c) => {
  const { email } = await c.req.parseBody()
  const key = orderPaid(visitorOf(c, String(email)))
  return c.redirect(`/thank-you/${key}`, 303)
})

function visitorOf(c: Context, email: string): Visitor {
  const click = opprefOf(c)
  if (click?.consent !== true) return {}
  return { oppref: click.oppref, user: { email, userAgent: c.req.header('user-agent') } }
}

app.get('/thank-you/:key', (c) => {
  const page = thankYou(c.req.param('key'), consents(c.req.header('cookie')))
  if (page === undefined) return c.text('No such order', 404)
  const html = `<!doctype html><title>Thank you</title><h1>Thank you for order ${page.number}</h1>${page.pixel}`
  return c.html(html, 200, page.headers)
})

const server = serve({ fetch: app.fetch, port: Number(process.env['PORT'] ?? 3000), hostname: '127.0.0.1' })
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => server.close(stop))
