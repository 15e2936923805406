import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { after, describe, it } from 'node:test'
import express from 'express'
import fastify from 'fastify'
import { type Context, Hono } from 'hono'
import { ask, cookieHeader, serve, VALUES, webListener } from '../raw-http.cases.ts'
import * as forExpress from './express.ts'
import * as forFastify from './fastify.ts'
import * as forHono from './hono.ts'
import { captureOppref, withOppref } from './next.ts'
import type { AdapterOptions } from './remembered.ts'

/** The options that all four take; the consent callback has another request in each. */
type Options = Omit<AdapterOptions<never>, 'consent'> & { readonly consent?: () => boolean | Promise<boolean> }
type Captured = ReturnType<typeof forExpress.opprefOf>

/** What each app says at `/` and below `/shop/`, beside a cookie of its own. */
const report = (captured: Captured): unknown => ({ oppref: captured?.oppref, sourceUrl: captured?.sourceUrl })
const OWN = 'theme=dark'

function expressApp(options: Options): RequestListener {
  const router = express.Router().get('/page', (request, response) => {
    response.append('Set-Cookie', OWN).json(report(forExpress.opprefOf(request)))
  })
  return express().use(forExpress.opprefMiddleware(options)).use('/shop', router)
}

async function fastifyApp(options: Options): Promise<RequestListener> {
  const app = fastify().addHook('onRequest', forFastify.opprefHook(options))
  const routes = async (shop: typeof app): Promise<void> => {
    shop.get('/page', async (request, reply) => {
      reply.header('set-cookie', OWN)
      return report(forFastify.opprefOf(request))
    })
  }
  app.register(routes, { prefix: '/shop' })
  await app.ready()
  return (request, response) => void app.routing(request, response)
}

function honoApp(options: Options): RequestListener {
  const shop = new Hono().get('/page', (c) => {
    c.header('set-cookie', OWN, { append: true })
    return c.json(report(forHono.opprefOf(c)))
  })
  // An answer of the handler's own making, whose headers cannot be changed.
  const app = new Hono()
    .use(forHono.opprefMiddleware(options))
    .get('/away', () => Response.redirect('http://a.example/'))
  return webListener(app.route('/shop', shop).fetch)
}

/** As in Next.js: the middleware adds the cookie, the route handler reads again. */
function nextApp(options: Options): RequestListener {
  return webListener(async (request) => {
    const answer = Response.json(report(await captureOppref(request, options)), { headers: { 'set-cookie': OWN } })
    return withOppref(request, answer, options)
  })
}

const APPS: Readonly<Record<string, (options: Options) => RequestListener | Promise<RequestListener>>> = {
  Express: expressApp,
  Fastify: fastifyApp,
  Hono: honoApp,
  'Next.js': nextApp,
}
const SET = 'Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax'
const DELETE = 'waybill_oppref=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax'

for (const [name, makeApp] of Object.entries(APPS)) {
  describe(name, async () => {
    const start = async (options: Options = {}): Promise<number> => {
      const { port, close } = await serve(await makeApp(options))
      after(close)
      return port
    }

    it('hands on the bytes of the address, and those of our cookie a page later', async () => {
      const port = await start()
      for (const [raw, oppref] of VALUES) {
        const landing = await ask(port, `/shop/page?a=1&oppref=${raw}`)
        assert.deepEqual(JSON.parse(landing.body), { oppref, sourceUrl: 'http://shop.example.com/shop/page' })
        const later = await ask(port, '/shop/page', [cookieHeader(landing.cookies)])
        assert.equal(JSON.parse(later.body).oppref, oppref)
        assert.deepEqual(later.cookies, [OWN])
      }
    })

    it('adds our cookie beside those of the app', async () => {
      const { cookies } = await ask(await start(), '/shop/page?oppref=a%2Bb')
      assert.deepEqual(cookies.toSorted(), [OWN, `waybill_oppref=a%2Bb!~811c9dc5; ${SET}`])
    })

    it('never writes the pixel’s cookie', async () => {
      const { cookies, body } = await ask(await start(), '/shop/page', ['Cookie: __oppref=p%2B; __obref=b'])
      assert.deepEqual(cookies.toSorted(), [OWN, `waybill_oppref=p%2B!~06fe9992; ${SET}`])
      assert.equal(JSON.parse(body).oppref, 'p%2B')
    })

    it('believes a proxy only where it is told to', async () => {
      const headers = ['X-Forwarded-Proto: https', 'X-Forwarded-Host: www.example.com']
      const trusting = await ask(await start({ trustProxy: true }), '/shop/page?oppref=q', headers)
      assert.ok(trusting.cookies.includes(`waybill_oppref=q!~811c9dc5; ${SET}; Secure`))
      assert.equal(JSON.parse(trusting.body).sourceUrl, 'https://www.example.com/shop/page')
      const wary = await ask(await start(), '/shop/page?oppref=q', headers)
      assert.ok(wary.cookies.includes(`waybill_oppref=q!~811c9dc5; ${SET}`))
    })

    it('reads and sets nothing without consent, and deletes only where it is told to', async () => {
      const denied = { consent: () => Promise.reject(new Error('no session')) }
      const headers = ['Cookie: __oppref=p; waybill_oppref=o']
      const quiet = await ask(await start(denied), '/shop/page?oppref=q', headers)
      assert.deepEqual([JSON.parse(quiet.body).oppref, quiet.cookies], [undefined, [OWN]])
      const deleting = await ask(await start({ ...denied, deleteOnDenial: true }), '/shop/page?oppref=q', headers)
      assert.deepEqual(deleting.cookies.toSorted(), [OWN, DELETE])
    })
  })
}

describe('the request that a consent callback is given', () => {
  it('is that of Express', async () => {
    const consent = (request: express.Request): boolean => request.get('x-ads') === 'yes'
    const app = express().use(forExpress.opprefMiddleware({ consent }))
    app.get('/', (request, response) => void response.json(report(forExpress.opprefOf(request))))
    const { port, close } = await serve(app)
    after(close)
    assert.equal(JSON.parse((await ask(port, '/?oppref=q', ['X-Ads: yes'])).body).oppref, 'q')
    assert.equal(JSON.parse((await ask(port, '/?oppref=q')).body).oppref, undefined)
  })

  it('is the context of Hono', async () => {
    type Env = { Variables: { ads: boolean } }
    const app = new Hono<Env>()
    app.use(async (c, next) => {
      c.set('ads', c.req.header('x-ads') === 'yes')
      await next()
    })
    app.use(forHono.opprefMiddleware({ consent: (c: Context<Env>) => c.get('ads') }))
    app.get('/', (c) => c.json(report(forHono.opprefOf(c))))
    const ads = await app.request('/?oppref=q', { headers: { 'x-ads': 'yes' } })
    assert.equal(((await ads.json()) as { oppref?: string }).oppref, 'q')
    assert.equal(((await (await app.request('/?oppref=q')).json()) as { oppref?: string }).oppref, undefined)
  })
})

describe('what only one framework can do', () => {
  it('Node’s hand on bytes that a URL parser would escape, and of a cookie those that are UTF-8', async () => {
    const { port, close } = await serve(expressApp({}))
    after(close)
    for (const raw of ["a'b", 'a"b<c>', 'a|b\\c^`{}']) {
      assert.equal(JSON.parse((await ask(port, `/shop/page?oppref=${raw}`)).body).oppref, raw)
    }
    const cookies = [
      ['\xc3\xa9', 'é'],
      ['\xe9', undefined],
    ] as const
    for (const [bytes, oppref] of cookies) {
      const { body } = await ask(port, '/shop/page', [`Cookie: __oppref=${bytes}`])
      assert.equal(JSON.parse(body).oppref, oppref)
    }
  })

  it('Express’s keeps cookies that were set before it', async () => {
    const session: express.RequestHandler = (_request, response, next) => {
      response.append('Set-Cookie', OWN)
      next()
    }
    const app = express().use(session, forExpress.opprefMiddleware())
    const { port, close } = await serve(app.get('/', (_request, response) => void response.end()))
    after(close)
    assert.equal((await ask(port, '/?oppref=q')).cookies.length, 2)
  })

  it('Express’s knows the whole path where it stands below one', async () => {
    const router = express.Router().use(forExpress.opprefMiddleware())
    router.get('/page', (request, response) => void response.json(report(forExpress.opprefOf(request))))
    const { port, close } = await serve(express().use('/shop', router))
    after(close)
    const { body } = await ask(port, '/shop/page?oppref=q')
    assert.deepEqual(JSON.parse(body), { oppref: 'q', sourceUrl: 'http://shop.example.com/shop/page' })
  })

  it('Node’s take the absolute form of a proxy’s client', async () => {
    const { port, close } = await serve(expressApp({}))
    after(close)
    const { body } = await ask(port, 'http://shop.example.com/shop/page?oppref=q')
    assert.deepEqual(JSON.parse(body), { oppref: 'q', sourceUrl: 'http://shop.example.com/shop/page' })
  })

  it('Hono’s adds the cookie to an answer that cannot be changed', async () => {
    const { port, close } = await serve(honoApp({}))
    after(close)
    const { status, cookies } = await ask(port, '/away?oppref=q')
    assert.deepEqual([status, cookies], [302, [`waybill_oppref=q!~811c9dc5; ${SET}`]])
  })

  it('Express’s hands a wrong option to its error handler', async () => {
    const { port, close } = await serve(
      express()
        .use(forExpress.opprefMiddleware({ domain: 'a;b' }))
        .use((error: Error, _request: unknown, response: express.Response, _next: unknown) => {
          response.status(500).send(error.name)
        }),
    )
    after(close)
    assert.equal((await ask(port, '/')).body, 'ConfigError')
  })

  it('nothing is known of a request that no adapter saw', () => assert.equal(forExpress.opprefOf({}), undefined))
})
