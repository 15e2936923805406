import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, describe, it, type TestContext } from 'node:test'
import { TLSSocket } from 'node:tls'
import { type Certificate, makeCertificate } from '../../../doctor/certificate.helpers.ts'
import { tempFolder } from '../../../files/files.helpers.ts'
import { makeEmptyDatabase } from '../../../postgres-database.helpers.ts'
import { stopPostgres } from '../../../postgres-server.helpers.ts'
import { type StoreAwayError, StoreUnusableError } from '../../errors.ts'
import { openPostgresStore } from '../index.ts'
import { makeStoreDatabase } from '../postgres-store.helpers.ts'
import { addressOf, withoutPassword } from './address.ts'
import { maskUrl } from './database-url.ts'

after(stopPostgres)

const MEANT: readonly (readonly [url: string, meant: object])[] = [
  [
    'postgres://relay:pw@db.example/x',
    { host: 'db.example', port: 5432, user: 'relay', password: 'pw', database: 'x' },
  ],
  ['postgresql://relay@db.example:6432/x', { host: 'db.example', port: 6432, password: '' }],
  ['postgres://r%40y:p%40%2F%3F%23%25@db.example/da%20ta', { user: 'r@y', password: 'p@/?#%', database: 'da ta' }],
  ['postgres://relay:p@ss@db.example/x', { host: 'db.example', password: 'p@ss' }],
  ['postgres://relay@[2001:db8::1]:6432/x', { host: '2001:db8::1', port: 6432 }],
  ['postgres://relay@%2Frun%2Fpostgresql/x', { host: '/run/postgresql', user: 'relay', ssl: false }],
  ['postgres:///x?host=/run/postgresql', { host: '/run/postgresql', ssl: false }],
]

describe('what a URL of the store means', () => {
  for (const [url, meant] of MEANT)
    it(url, () => {
      const address: object = addressOf(url)
      assert.deepEqual({ ...address, ...meant }, address)
    })

  for (const near of ['localhost', 'LOCALHOST', '127.0.0.1', '127.8.7.6', '[::1]'])
    it(`${near} is this machine, spoken to in the clear`, () => {
      assert.equal(addressOf(`postgres://relay@${near}/x`).ssl, false)
      assert.equal(addressOf(`postgres://relay@${near}/x?sslmode=disable`).ssl, false)
      assert.notEqual(addressOf(`postgres://relay@${near}/x?sslmode=verify-full`).ssl, false)
    })

  for (const far of [
    'db',
    '10.0.0.7',
    '0.0.0.0',
    '[2001:db8::1]',
    '127.999.0.1',
    '127.0.0.1.example.com',
    'localhost.example.com',
  ])
    it(`${far} is verified, and in no other way`, () => {
      const { ssl } = addressOf(`postgres://relay@${far}/x`)
      assert.equal((ssl as { readonly rejectUnauthorized: boolean }).rejectUnauthorized, true)
      for (const mode of ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'no-verify'])
        assert.throws(() => addressOf(`postgres://relay@${far}/x?sslmode=${mode}`), isUnusable(/always verified/))
    })
})

/** A password is in each of them, and whoever reads it as it stands takes a part of that for something else. */
const UNREADABLE = [
  'postgres://relay:50%off@db.example/x',
  'postgres://relay:12/34@db.example/x',
  'postgres://relay:12?34@db.example/x',
  'postgres://relay:12#34@db.example/x',
  'postgres://relay:p@12/34@db.example/x',
  'postgres://relay:p/12@db.example/x',
  'mysql://relay:12@db.example/x',
]

describe('a URL that cannot be read', () => {
  for (const url of UNREADABLE)
    it(`is refused, and nothing of it is shown: ${url}`, () => {
      assert.throws(
        () => addressOf(url),
        isUnusable(/^The setting of the store is no URL of a PostgreSQL database\. Write .* %25 for %\.$/),
      )
      assert.equal(maskUrl(url), 'postgres://…')
      assert.equal(withoutPassword(`failed: ${url}`, url), 'failed: …')
    })

  it('is refused where it names no database, no host, or a certificate that is not there', () => {
    assert.throws(() => addressOf('postgres://relay:pw@db.example/'), isUnusable(/names no database/))
    assert.throws(() => addressOf('postgres:///x'), isUnusable(/names no host/))
    assert.throws(
      () => addressOf('postgres://db.example/x?sslrootcert=/none.pem'),
      isUnusable(/cannot be read: \/none/),
    )
  })
})

it('a password is shown neither as it stands in a URL nor as it is meant', () => {
  const url = 'postgres://relay:p%40ss%25@db.example:6432/x?sslmode=verify-full'
  assert.equal(maskUrl(url), 'postgres://relay@db.example:6432/x')
  assert.equal(withoutPassword('p%40ss%25, p@ss%', url), '…, …')
})

function isUnusable(says: RegExp): (error: Error) => boolean {
  return (error) => {
    assert.ok(error instanceof StoreUnusableError && error.hint !== undefined)
    assert.match(`${error.message} ${error.hint}`, says)
    return true
  }
}

describe('a server that is not on this machine', () => {
  it('is not spoken to in the clear, and the error says what to turn on', async (context) => {
    const { url } = await elsewhere(context, {})
    await assert.rejects(
      openPostgresStore({ url }),
      isAway(/does not support SSL/, /turn on ssl in its postgresql\.conf/),
    )
  })

  it('is spoken to by TLS where its certificate names it and is of the authority that the URL names', async (context) => {
    const authority = makeCertificate({ name: 'Tests' })
    const certificate = makeCertificate({ name: 'db', hosts: ['0.0.0.0'], issuer: authority })
    const { url, file } = await elsewhere(context, { certificate, authority })
    const store = await openPostgresStore({ url: `${url}?sslrootcert=${file}` })
    await store.setMeta('seen', 'yes')
    await store.close()
    await assert.rejects(openPostgresStore({ url }), isAway(/certificate/, /sslrootcert/))
  })

  /** The certificate of another host, which a client that knows an address only must not take for its own. */
  for (const hosts of [['localhost'], ['127.0.0.1'], ['db.example']])
    it(`is not believed with a certificate for ${hosts}`, async (context) => {
      const authority = makeCertificate({ name: 'Tests' })
      const certificate = makeCertificate({ name: 'db', hosts, issuer: authority })
      const { url, file } = await elsewhere(context, { certificate, authority })
      const opened = openPostgresStore({ url: `${url}?sslrootcert=${file}` })
      await assert.rejects(opened, isAway(/0\.0\.0\.0 is not/, /must name the host/))
    })
})

it('a server is reached by the socket of its folder', async (context) => {
  const folder = tempFolder(context)
  const { url, drop } = await makeStoreDatabase()
  context.after(drop)
  const { port, pathname, username, password } = new URL(url)
  await serve(context, join(folder, '.s.PGSQL.5432'), (socket) => pipe(socket, Number(port)))
  const store = await openPostgresStore({
    url: `postgres://${username}:${password}@${encodeURIComponent(folder)}${pathname}`,
  })
  assert.equal((await store.counts()).accepted, 0)
  await store.close()
})

it('a role, a database or rights that are not there are told each with what to do, and without the password', async (context) => {
  const { url, as, connect, drop } = await makeEmptyDatabase()
  const client = await connect()
  await client.query("create role poor login password 'poor'")
  context.after(async () => {
    await client.query('drop role poor')
    await drop()
  })
  const other = new URL(url)
  other.password = 'g%40heim'
  await assert.rejects(openPostgresStore({ url: other.href }), (error: StoreAwayError) => {
    assert.doesNotMatch(JSON.stringify([error.message, error.hint, String(error.cause)]), /heim/)
    return isAway(/password authentication failed/, /role and password/)(error)
  })
  const nowhere = new URL(url)
  nowhere.pathname = '/nowhere'
  await assert.rejects(openPostgresStore({ url: nowhere.href }), isAway(/does not exist/, /^Make this database/))
  await assert.rejects(
    openPostgresStore({ url: as('poor') }),
    isUnusable(/has not the rights .* permission denied .* Grant it "create" on the database/),
  )
})

function isAway(says: RegExp, hint: RegExp): (error: StoreAwayError) => boolean {
  return (error) => {
    assert.equal(error.code, 'store_away')
    assert.match(error.message, says)
    assert.match(error.hint ?? '', hint)
    return true
  }
}

interface Elsewhere {
  readonly url: string
  /** The authority's certificate. */
  readonly file: string
}

/** The database behind an address that is none of this machine's own, though it leads here; with TLS where there is a certificate. */
async function elsewhere(
  context: TestContext,
  { certificate, authority }: { readonly certificate?: Certificate; readonly authority?: Certificate },
): Promise<Elsewhere> {
  const { url, drop } = await makeStoreDatabase()
  context.after(drop)
  const there = Number(new URL(url).port)
  const port = await serve(context, { host: '0.0.0.0', port: 0 }, (socket) => {
    // The first message asks for TLS.
    socket.once('data', () => {
      socket.write(certificate === undefined ? 'N' : 'S')
      if (certificate === undefined) return
      const { cert, key } = certificate
      pipe(new TLSSocket(socket, { isServer: true, cert, key }), there)
    })
  })
  const file = join(tempFolder(context), 'authority.pem')
  writeFileSync(file, authority?.cert ?? '')
  const led = new URL(url)
  led.host = `0.0.0.0:${port}`
  return { url: led.href, file }
}

async function serve(
  context: TestContext,
  at: string | { readonly host: string; readonly port: number },
  onSocket: (socket: Socket) => void,
): Promise<number> {
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket.on('error', () => {}))
    onSocket(socket)
  })
  server.listen(at)
  await once(server, 'listening')
  context.after(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  const address = server.address() as AddressInfo | string
  return typeof address === 'string' ? 0 : address.port
}

function pipe(near: Socket, port: number): void {
  const far = connect(port, '127.0.0.1')
  near.on('error', () => far.destroy())
  far.on('error', () => near.destroy())
  near.pipe(far).pipe(near)
}
