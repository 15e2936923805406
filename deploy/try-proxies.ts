/**
 * `node --conditions=waybill-source deploy/try-proxies.ts`: runs Caddyfile and nginx.conf as they stand but for names, ports and the
 * certificate, with a relay behind them and an app in front, where Caddy and nginx are installed. The app has to trust the certificate, get its
 * order in, and nobody may reach what is for people.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { createEmulator } from '@waybill/emulator'
import { freePort } from '../packages/relay/src/free-port.helpers.ts'
import { createAuthority } from '../test/certificates.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const TOKEN = 'made-up-token'
const NAME = 'events.example.com'
const START_TIMEOUT_MS = 60_000

interface Proxy {
  readonly program: string
  /** Prepares the file in a folder; gives the command and the certificate to trust. */
  prepare(folder: string, port: number, relayPort: number): { readonly command: string[]; readonly authority: string }
}

const say = (text: string): void => void process.stdout.write(`${text}\n`)
const read = (path: string): string => readFileSync(join(ROOT, 'deploy', path), 'utf8')

/** A text with each of these changed, which has to be there: else the file in deploy/ is another than this knows. */
function changed(text: string, changes: readonly (readonly [from: string, to: string])[]): string {
  return changes.reduce((before, [from, to]) => {
    if (!before.includes(from)) throw new Error(`There is no "${from}" in:\n${before}`)
    return before.replaceAll(from, to)
  }, text)
}

const CADDY: Proxy = {
  program: 'caddy',
  prepare(folder, port, relayPort) {
    // An authority of Caddy's own instead of a public one; no ports below 1024, no change of this machine's certificates.
    const options = '{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n}\n'
    const file = changed(read('Caddyfile'), [
      [`${NAME} {`, `https://localhost:${port} {\n\ttls internal`],
      ['127.0.0.1:8787', `127.0.0.1:${relayPort}`],
    ])
    writeFileSync(join(folder, 'Caddyfile'), options + file)
    const command = ['caddy', 'run', '--adapter', 'caddyfile', '--config', join(folder, 'Caddyfile')]
    return { command, authority: join(folder, 'caddy/pki/authorities/local/root.crt') }
  },
}

const NGINX: Proxy = {
  program: 'nginx',
  prepare(folder, port, relayPort) {
    const authority = createAuthority('Waybill deploy test')
    const { cert, key } = authority.issue({ hosts: ['localhost'] })
    const place = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    }
    const server = changed(read('nginx.conf'), [
      ['listen 443 ssl', `listen 127.0.0.1:${port} ssl`],
      [`server_name ${NAME}`, 'server_name localhost'],
      [`/etc/letsencrypt/live/${NAME}/fullchain.pem`, place('cert.pem', cert)],
      [`/etc/letsencrypt/live/${NAME}/privkey.pem`, place('key.pem', key)],
      ['127.0.0.1:8787', `127.0.0.1:${relayPort}`],
    ])
    const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) => `${kind}_temp_path ${join(folder, kind)};`,
    )
    const http = `http {\naccess_log off;\n${places.join('\n')}\n${server}}\n`
    const head = `pid ${join(folder, 'pid')};\nerror_log stderr;\ndaemon off;\nevents {}\n`
    const file = place('nginx.conf', head + http)
    return {
      command: ['nginx', '-c', file, '-p', folder, '-e', 'stderr'],
      authority: place('authority.pem', authority.cert),
    }
  },
}

/** `token` is empty where the operator forgot to set one. */
async function startRelay(folder: string, api: string, port: number, token: string): Promise<ChildProcess> {
  const args = ['--conditions=waybill-source', join(ROOT, 'packages/relay/bin/waybill.js'), 'serve']
  const relay = spawn(process.execPath, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      WAYBILL_PIXEL_ID: 'px',
      WAYBILL_API_KEY: 'made-up',
      WAYBILL_ENDPOINT: api,
      WAYBILL_INTAKE_TOKEN: token,
      WAYBILL_LISTEN: `127.0.0.1:${port}`,
      WAYBILL_DATA_DIR: join(folder, 'data'),
    },
  })
  for await (const line of createInterface({ input: relay.stdout! })) if (line.includes('relay listening')) break
  relay.stdout!.resume()
  return relay
}

/** What stands in the status line of an answer, to a path that is sent as it is, which fetch would tidy up. */
async function statusOf(port: number, authority: string, path: string, body = ''): Promise<number> {
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: readFileSync(authority) })
  const head = [
    `${body === '' ? 'GET' : 'POST'} ${path} HTTP/1.1`,
    'host: localhost',
    `authorization: Bearer ${TOKEN}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  let answer = ''
  for await (const bytes of socket.setEncoding('utf8')) answer += bytes
  return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])
}

function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`It does not hold that ${what}`)
  say(`  holds: ${what}`)
}

/** Paths that are not for programs, also written so that a proxy and the relay could read them differently. */
const INSIDE = [
  '/',
  '/api/status',
  '/v1/../api/status',
  '/v1/%2e%2e/api/status',
  '/api/../v1/../api/status',
  '//api/status',
  '/v1/..%2fapi/status',
  '/metrics',
]

async function check(port: number, authority: string, api: ReturnType<typeof createEmulator>): Promise<void> {
  expect((await statusOf(port, authority, '/healthz')) === 200, 'the health of the relay is told through it')
  const app = spawn(process.execPath, ['--conditions=waybill-source', join(ROOT, 'examples/two-containers/app.ts')], {
    env: {
      PATH: process.env['PATH'],
      NODE_EXTRA_CA_CERTS: authority,
      WAYBILL_PIXEL_ID: 'px',
      WAYBILL_ENDPOINT: `https://localhost:${port}`,
      WAYBILL_INTAKE_TOKEN: TOKEN,
    },
  })
  let said = ''
  for (const stream of [app.stdout, app.stderr]) stream.on('data', (bytes: Buffer) => (said += bytes.toString()))
  await once(app, 'close')
  expect(said.trim() === 'queued', `an app gets its order in over TLS (${said.trim()})`)
  const deadlineMs = performance.now() + START_TIMEOUT_MS
  while (api.summary().stored === 0 && performance.now() < deadlineMs) await sleep(50)
  expect(api.summary().stored === 1, 'the relay delivers it')
  const many = Array.from({ length: 1_000 }, (_, at) => ({ id: `large_${at}`, note: 'x'.repeat(8_000) }))
  const taken = await statusOf(port, authority, '/v1/events?pid=px', JSON.stringify({ events: many }))
  expect([200, 400, 422].includes(taken), `a body of 8 MB reaches the relay, which judges it (${taken})`)
  for (const path of INSIDE) {
    const status = await statusOf(port, authority, path)
    expect(status === 404 || status === 400, `${path} is not reached (${status})`)
  }
}

async function end(child: ChildProcess): Promise<void> {
  const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined
  child.kill('SIGTERM')
  await gone
}

async function tryProxy({ program, prepare }: Proxy): Promise<void> {
  if (spawnSync(program, [program === 'caddy' ? 'version' : '-v']).status !== 0)
    return say(`${program}: not on this machine, not tried`)
  say(program)
  const folder = mkdtempSync(join(tmpdir(), 'waybill-proxy-'))
  // Workers of nginx are another user.
  chmodSync(folder, 0o755)
  mkdirSync(join(folder, 'caddy'), { recursive: true })
  const api = createEmulator()
  const server = await api.listen({ port: 0 })
  const [port, relayPort] = [await freePort(), await freePort()]
  let relay = await startRelay(folder, server.url, relayPort, TOKEN)
  const { command, authority } = prepare(folder, port, relayPort)
  const [name = '', ...args] = command
  const env = { PATH: process.env['PATH'], HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
  const proxy = spawn(name, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  proxy.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()))
  try {
    const deadlineMs = performance.now() + START_TIMEOUT_MS
    const isUp = async (): Promise<boolean> =>
      existsSync(authority) && (await statusOf(port, authority, '/healthz').catch(() => 0)) === 200
    while (!(await isUp())) {
      if (proxy.exitCode !== null || performance.now() > deadlineMs)
        throw new Error(`${program} did not start:\n${said}`)
      await sleep(100)
    }
    await check(port, authority, api)
    await end(relay)
    relay = await startRelay(folder, server.url, relayPort, '')
    const status = await statusOf(port, authority, '/v1/events?pid=px', '{"events":[]}')
    expect([401, 403].includes(status), `a relay without a token takes nothing through it (${status})`)
  } finally {
    for (const child of [proxy, relay]) await end(child)
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.main) for (const proxy of [CADDY, NGINX]) await tryProxy(proxy)
