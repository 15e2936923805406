import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { isWaybillError } from '../errors.ts'
import { requireCheckedTls } from './checked-tls.ts'
import { createClient } from './client.ts'

const SWITCH = 'NODE_TLS_REJECT_UNAUTHORIZED'
const connect = (endpoint: string): unknown => createClient({ pixelId: 'px', apiKey: 'sk-1', endpoint })

function setSwitch(context: TestContext, value: string): void {
  process.env[SWITCH] = value
  context.after(() => delete process.env[SWITCH])
}

function replaceProcess(context: TestContext, descriptor: PropertyDescriptor): void {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'process')!
  Object.defineProperty(globalThis, 'process', { configurable: true, ...descriptor })
  context.after(() => Object.defineProperty(globalThis, 'process', before))
}

describe('a client where certificates are not checked', () => {
  it('is not made for an https endpoint, and says what to do', (context) => {
    setSwitch(context, '0')
    assert.throws(
      () => connect('https://api.example'),
      (error) =>
        isWaybillError(error) && error.code === 'unchecked_tls' && /NODE_EXTRA_CA_CERTS/.test(error.hint ?? ''),
    )
  })
  it('is made for this machine in clear, where there is no certificate', (context) => {
    setSwitch(context, '0')
    connect('http://127.0.0.1:1')
  })
})

describe('a client where certificates are checked', () => {
  for (const value of ['1', '']) {
    it(`is made: the switch is ${JSON.stringify(value)}`, (context) => {
      setSwitch(context, value)
      connect('https://api.example')
    })
  }
  it('is made where a runtime has no process', (context) => {
    replaceProcess(context, { value: undefined })
    requireCheckedTls()
  })
  it('is made where a runtime forbids to look at its environment', (context) => {
    const forbid = (): never => assert.fail('not allowed')
    replaceProcess(context, {
      value: {
        get env() {
          return forbid()
        },
      },
    })
    requireCheckedTls()
  })
})
