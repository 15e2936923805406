import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askDns, judgeDns, type Lookup } from './dns.ts'
import { endpointOf } from './endpoint.ts'

const found =
  (...addresses: string[]): Lookup =>
  () =>
    Promise.resolve(addresses.map((address) => ({ address, family: 4 })))
const failed =
  (code: string): Lookup =>
  () =>
    Promise.reject(Object.assign(new Error(code), { code }))
const silent: Lookup = () => new Promise(() => {})

const CASES: readonly (readonly [url: string, lookup: Lookup, said: RegExp])[] = [
  ['https://api.example', found('192.0.2.1'), /^ok api\.example is 192\.0\.2\.1$/],
  ['https://api.example', found('1', '2', '3', '4', '5'), /^ok .* is 1, 2, 3 and 2 more$/],
  ['https://api.example', found(), /^wrong api\.example has no address \(the name server gave none\)/],
  ['https://api.example', failed('ENOTFOUND'), /^wrong .* \(ENOTFOUND\) Check the spelling/],
  ['https://api.example', failed('EAI_AGAIN'), /^wrong .* \(EAI_AGAIN\) .*resolv\.conf/],
  ['https://api.example', failed('EWHATEVER'), /^wrong .* \(EWHATEVER\) Check the endpoint/],
  ['https://api.example', silent, /^wrong .* \(ETIMEDOUT\)/],
  ['http://127.0.0.1:8788', silent, /^ok 127\.0\.0\.1 is an address/],
  ['http://[::1]:8788/base', silent, /^ok ::1 is an address/],
]

for (const [url, lookup, said] of CASES) {
  test(`the name of ${url}: ${said.source}`, async () => {
    const { level, about, message, next } = judgeDns(await askDns(endpointOf(url), lookup, 5))
    assert.match([level, about, message, next].filter(Boolean).join(' '), said)
  })
}

test('an endpoint has the port of its scheme unless it names one', () => {
  assert.deepEqual(
    ['https://a.example', 'http://localhost', 'https://a.example:8443/base'].map((url) => endpointOf(url).port),
    [443, 80, 8443],
  )
})
