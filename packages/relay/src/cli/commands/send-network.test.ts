import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect } from 'node:net'
import { json, text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createAuthority } from '../../../../../test/certificates.ts'
import { childEnvironment } from '../../child-environment.helpers.ts'
import { tempFile } from '../../files/files.helpers.ts'
import { listening } from '../bare-fetch.helpers.ts'
import { KEY, ordersCsv } from '../cli.helpers.ts'

/** The command as a process of its own: authorities and proxies are read from the environment when Node starts. */

const BIN = fileURLToPath(new URL('../../../bin/waybill.js', import.meta.url))
const AUTHORITY = createAuthority('an authority of the shop’s own')

interface Api {
  readonly endpoint: string
  /** Events that were stored. */
  readonly stored: () => number
}

async function startApi(context: TestContext): Promise<Api> {
  let stored = 0
  const server = createTlsServer({ ...AUTHORITY.issue({ hosts: ['localhost'] }) }, async (request, response) => {
    const body = (await json(request)) as { validate_only: boolean; events: readonly unknown[] }
    if (!body.validate_only) stored += body.events.length
    response.end(JSON.stringify({ accepted_events: body.events.length }))
  })
  return { endpoint: `https://localhost:${await listening(context, server)}`, stored: () => stored }
}

interface Proxy {
  readonly url: string
  /** Where it was asked to lead, and all that it could read of what went through. */
  readonly tunnels: string[]
  readonly passed: Buffer[]
}

async function startProxy(context: TestContext): Promise<Proxy> {
  const [tunnels, passed]: [string[], Buffer[]] = [[], []]
  const server = createServer().on('connect', ({ url }, socket) => {
    tunnels.push(url!)
    const onward = connect(Number(url!.split(':')[1]), '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
    socket.on('data', (bytes) => passed.push(bytes))
    for (const end of [socket, onward]) end.on('error', () => {})
    socket.pipe(onward).pipe(socket)
  })
  return { url: `http://127.0.0.1:${await listening(context, server)}`, tunnels, passed }
}

async function send(context: TestContext, endpoint: string, env: NodeJS.ProcessEnv): Promise<[number, string]> {
  const file = tempFile(context, 'orders.csv', ordersCsv(3))
  const argv = ['--conditions=waybill-source', BIN, 'send', file, '--pixel', 'px', '--endpoint', endpoint]
  const child = spawn(process.execPath, argv, {
    env: { ...childEnvironment(), WAYBILL_API_KEY: KEY, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = new Promise<number>((resolve) => child.on('exit', (code) => resolve(code ?? -1)))
  const said = await text(child.stderr)
  return [await ended, said]
}

type Environment = (proxy: Proxy, authority: string) => NodeJS.ProcessEnv
interface Expected {
  readonly exitCode: number
  readonly stored: number
  readonly isLed: boolean
  readonly said: RegExp
}
const DELIVERED = { exitCode: 0, stored: 3, said: /\b3 {2}delivered/ } as const

const ENVIRONMENTS: readonly (readonly [name: string, env: Environment, expected: Expected])[] = [
  [
    'an authority that nobody named is not trusted, and the way to name it is told',
    () => ({}),
    {
      exitCode: 3,
      stored: 0,
      isLed: false,
      said: /cannot be trusted \([A-Z_]+\)\. waybill doctor; name an authority of your own in NODE_EXTRA_CA_CERTS/,
    },
  ],
  ['one that is named is', (_proxy, authority) => ({ NODE_EXTRA_CA_CERTS: authority }), { ...DELIVERED, isLed: false }],
  [
    'a proxy leads there, and reads nothing',
    ({ url }, authority) => ({ NODE_EXTRA_CA_CERTS: authority, NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: url }),
    { ...DELIVERED, isLed: true },
  ],
  [
    'a proxy is no reason to trust',
    ({ url }) => ({ NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: url }),
    { exitCode: 3, stored: 0, isLed: true, said: /cannot be trusted/ },
  ],
  [
    'a proxy that is not for this host is not asked',
    ({ url }, authority) => ({
      NODE_EXTRA_CA_CERTS: authority,
      NODE_USE_ENV_PROXY: '1',
      HTTPS_PROXY: url,
      NO_PROXY: 'localhost',
    }),
    { ...DELIVERED, isLed: false },
  ],
]

for (const [name, env, { exitCode, stored, isLed, said }] of ENVIRONMENTS) {
  test(`over https: ${name}`, async (context) => {
    const api = await startApi(context)
    const proxy = await startProxy(context)
    const authority = tempFile(context, 'authority.pem', AUTHORITY.cert)
    const [code, stderr] = await send(context, api.endpoint, env(proxy, authority))
    assert.deepEqual([code, api.stored()], [exitCode, stored], stderr)
    assert.match(stderr, said)
    assert.deepEqual([...new Set(proxy.tunnels)], isLed ? [new URL(api.endpoint).host] : [])
    assert.equal(proxy.passed.length > 0, isLed)
    assert.doesNotMatch(Buffer.concat(proxy.passed).toString('latin1'), new RegExp(`${KEY}|bearer|order_1`, 'i'))
  })
}
