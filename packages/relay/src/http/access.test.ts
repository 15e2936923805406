import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AdminToken, IntakeToken } from '../config/index.ts'
import { type AccessKind, admit, isAdmitted, mayBring, type Tokens } from './access.ts'
import type { Caller } from './caller.ts'
import { TokenBook } from './token-book.ts'

const NONE: Tokens = tokens([], [])
const SOME: Tokens = tokens(
  [
    { name: 'shop', token: 'shop-token', pixels: ['px'] },
    { name: 'crm', token: 'crm-token', pixels: '*' },
  ],
  [
    { name: 'ops', token: 'ops-token', role: 'operator', pixels: '*' },
    { name: 'eyes', token: 'eyes-token', role: 'reader', pixels: ['px'] },
  ],
)

function tokens(intake: IntakeToken[], admin: AdminToken[]): Tokens {
  return { intake: new TokenBook(intake), admin: new TokenBook(admin) }
}

const HERE: Caller = {
  remoteAddress: '127.0.0.1',
  localAddress: '127.0.0.1',
  headers: { host: '127.0.0.1:8787' },
}

function caller(changes: Partial<Caller>, headers: Caller['headers'] = {}): Caller {
  return { ...HERE, ...changes, headers: { ...HERE.headers, ...headers } }
}

const WITHOUT_TOKENS: readonly (readonly [name: string, caller: Caller, isServed: boolean])[] = [
  ['a program on this machine', HERE, true],
  ['the same by IPv6', caller({ remoteAddress: '::1', localAddress: '::1' }, { host: '[::1]:8787' }), true],
  ['the same by a mapped address', caller({ remoteAddress: '::ffff:127.0.0.1' }, { host: 'localhost:8787' }), true],
  ['a host without a port', caller({}, { host: 'LOCALHOST' }), true],
  ['our own page', caller({}, { origin: 'http://127.0.0.1:8787' }), true],
  ['another machine', caller({ remoteAddress: '192.0.2.7' }), false],
  ['this machine, by an address of the network', caller({ localAddress: '192.0.2.7' }), false],
  ['a name that was made to lead here', caller({}, { host: 'evil.example:8787' }), false],
  ['a name that only begins right', caller({}, { host: '127.0.0.1.evil.example' }), false],
  ['localhost as a part of a name', caller({}, { host: 'localhost.evil.example:80' }), false],
  ['no host', caller({}, { host: undefined }), false],
  ['a page of elsewhere', caller({}, { origin: 'https://evil.example' }), false],
  ['a page of another port', caller({}, { origin: 'http://127.0.0.1:3000' }), false],
  ['a page without an origin to name', caller({}, { origin: 'null' }), false],
  ['a proxy on this machine', caller({}, { 'x-forwarded-for': '192.0.2.7' }), false],
  ['a proxy that says so by the standard', caller({}, { forwarded: 'for=192.0.2.7' }), false],
]

for (const [name, who, isServed] of WITHOUT_TOKENS) {
  test(`without tokens, ${isServed ? 'served' : 'turned away'}: ${name}`, () => {
    for (const kind of ['reader', 'intake', 'viewer', 'admin'] as const) {
      assert.equal(isAdmitted(admit(kind, who, NONE)), isServed, kind)
    }
    assert.ok(isAdmitted(admit('anyone', who, NONE)))
  })
}

const WITH_TOKENS: readonly (readonly [kind: AccessKind, authorization: string | undefined, who: string | number])[] = [
  ['intake', 'Bearer shop-token', 'shop'],
  ['intake', 'bearer  crm-token ', 'crm'],
  ['intake', 'Bearer ops-token', 401],
  ['intake', 'Bearer shop-toke', 401],
  ['intake', 'Bearer shop-token2', 401],
  ['intake', 'Basic shop-token', 401],
  ['intake', 'Bearer ', 401],
  ['intake', undefined, 401],
  ['admin', 'Bearer ops-token', 'ops'],
  ['admin', 'Bearer crm-token', 401],
  ['admin', 'Bearer eyes-token', 403],
  ['viewer', 'Bearer eyes-token', 'eyes'],
  ['viewer', 'Bearer ops-token', 'ops'],
  ['viewer', undefined, 401],
  ['page', undefined, 'anyone'],
  ['admin', undefined, 401],
  ['reader', undefined, 'anyone'],
]

for (const [kind, authorization, who] of WITH_TOKENS) {
  test(`with tokens, ${kind} by ${authorization ?? 'nothing'}: ${who}`, () => {
    const admitted = admit(kind, caller({ remoteAddress: '192.0.2.7' }, { authorization }), SOME)
    assert.equal(isAdmitted(admitted) ? admitted.who : admitted.status, who)
  })
}

test('without an admin token there is no /api for others, not even a refusal', () => {
  const answer = admit('admin', caller({ remoteAddress: '192.0.2.7' }, { authorization: 'Bearer x' }), NONE)
  assert.equal(isAdmitted(answer) ? 0 : answer.status, 404)
})

test('a token brings for the pixels that it names, one for all of them for each', () => {
  assert.deepEqual(
    ['px', 'other', '*', ''].map((pixel) => mayBring({ pixels: ['px'] }, pixel)),
    [true, false, false, false],
  )
  assert.equal(mayBring({ pixels: '*' }, 'px'), true)
  assert.equal(mayBring({ pixels: [] }, 'px'), false)
})
