import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createEmulator, type Emulator } from '@waybill/emulator'
import type { Environment } from '../config/index.ts'
import { errorResponse } from '../engine/virtual-engine.helpers.ts'
import { tempFolder } from '../files/files.helpers.ts'
import { environment, KEY, order, orders, PIXEL, run, seen, startApi, withJson } from './service.helpers.ts'
import type { Service } from './service.ts'
import { onHangup } from './signals.ts'

const WRONG_KEY = 'wrong-key-of-the-api-9c01'
const OTHERS_KEY = createEmulator({ apiKey: 'somebody-else' })
const OTHERS_PIXEL = createEmulator({ pixel: 'another-pixel' })

type Answer = (url: string, init: RequestInit) => Promise<Response> | Response

/** What the API says while the key is wrong → what the pixel is held for. */
const HELD: readonly (readonly [name: string, answer: Answer, code: string])[] = [
  ['401, as the emulator says it', asEmulator(OTHERS_KEY), 'unauthorized'],
  [
    '401 for a key of the wrong family',
    () => errorResponse(401, 'Missing scopes: ads.third_party_events.write'),
    'wrong_key_family',
  ],
  ['403 unknown pixel, as the emulator says it', asEmulator(OTHERS_PIXEL), 'unknown_pixel'],
  ['403 of a firewall', () => new Response('error code: 1010', { status: 403 }), 'blocked_by_firewall'],
  ['403 that says nothing', () => new Response('', { status: 403 }), 'forbidden'],
  ['404', () => new Response('<html>Not Found</html>', { status: 404 }), 'not_found'],
  ...[301, 302, 303, 307, 308].map((status) => [`${status}`, () => redirect(status), 'redirected'] as const),
  ['400 for a fault of the request', () => errorResponse(400, 'Missing required field: events'), 'request_rejected'],
]

for (const [name, answer, code] of HELD) {
  /**
   * - with a wrong key in its file the relay is answered so; the pixel is held with an alarm, and nothing is refused
   * - what comes in meanwhile is taken, and nothing goes out
   * - the file is corrected and the process gets a SIGHUP: everything is delivered, once
   */
  test(`the pixel is held, nothing is refused, and a corrected key file lets it run without a restart: ${name}`, async (context) => {
    const api = await startApi(context)
    const folder = tempFolder(context)
    const keyFile = join(folder, 'key.txt')
    writeFileSync(keyFile, WRONG_KEY)
    let wrong = 0
    const relay = await run(context, () => withKeyFile(environment(api.url, folder), keyFile), folder, {
      onReload: onHangup,
      fetch: async (input, init = {}) => {
        if (new Headers(init.headers).get('authorization') === `Bearer ${KEY}`) return fetch(input, init)
        wrong += 1
        return answer(String(input), init)
      },
    })
    const held = seen(relay.service, 'pixel:held')
    assert.equal((await bring(relay.service, orders(3))).status, 200)
    await held
    assert.equal((await bring(relay.service, [order('later')])).status, 200)
    const status = await statusOf(relay.service)
    assert.deepEqual([status.counts.held, status.counts.refused, status.counts.queued], [4, 0, 0])
    assert.deepEqual([status.pixels[0]?.state, status.pixels[0]?.hold?.code], ['held', code])
    assert.match(relay.log(), new RegExp(`"level":"error".*"pixel":"${PIXEL}","code":"${code}","hint":"[^"]+"`))
    assert.equal(wrong, 1, 'after the first answer nothing goes out')

    const delivered = seen(relay.service, 'event:delivered')
    writeFileSync(keyFile, `${KEY}\n`)
    process.kill(process.pid, 'SIGHUP')
    await delivered
    relay.stop()
    assert.equal(await relay.ended, true)
    const { stored, duplicates } = api.emulator.summary()
    assert.deepEqual([stored, duplicates, wrong], [4, 0, 1])
    for (const key of [KEY, WRONG_KEY]) assert.ok(!relay.log().includes(key))
  })
}

function withKeyFile({ WAYBILL_API_KEY: _key, ...env }: Environment, path: string): Environment {
  return { ...env, WAYBILL_API_KEY_FILE: path }
}

function asEmulator(emulator: Emulator): Answer {
  return (url, init) => emulator.fetch(url, { ...init, redirect: 'follow' })
}

function redirect(status: number): Response {
  return new Response(null, { status, headers: { location: 'https://elsewhere.example/v1/events' } })
}

function bring({ url }: Service, events: readonly unknown[]): Promise<Response> {
  return fetch(`${url}/v1/events?pid=${PIXEL}`, withJson('POST', { events }))
}

interface Status {
  readonly counts: Readonly<Record<string, number>>
  readonly pixels: readonly { readonly state: string; readonly hold?: { readonly code: string } }[]
}

/** Once nothing is on its way. */
async function statusOf({ url }: Service): Promise<Status> {
  for (;;) {
    const status = (await (await fetch(`${url}/api/status`)).json()) as Status
    if (status.counts['sending'] === 0) return status
  }
}
