import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { createClient } from 'waybill'
import { tempFolder } from '../../files/files.helpers.ts'
import { type Ran, run } from '../cli.helpers.ts'
import { createSwitchboard, FAULT_KEYS } from '../dev-faults.ts'

interface Dev {
  readonly url: string
  readonly ledger: string
  stop(): Promise<Ran>
}

async function startDev(context: TestContext, ...argv: string[]): Promise<Dev> {
  const controller = new AbortController()
  let talk = ''
  let tell = (): void => {}
  const told = new Promise<void>((resolve) => {
    tell = resolve
  })
  const onTalk = (text: string): void => {
    talk += text
    if (/ {2}data {2}/.test(talk)) tell()
  }
  const args = ['dev', '--port', '0', '--emulator-port', '0', ...argv]
  const ended = run(args, { signal: controller.signal, onTalk, env: {} })
  context.after(() => controller.abort())
  await Promise.race([told, ended.then(({ stderr }) => Promise.reject(new Error(stderr)))])
  return {
    url: /endpoint: '(http:\S+)'/.exec(talk)![1]!,
    ledger: /what the API has {4}(http:\S+)/.exec(talk)![1]!,
    stop() {
      controller.abort()
      return ended
    },
  }
}

const order = (id: string) =>
  ({ id, type: 'order_created', timestamp: new Date(), data: { amount: '25.99', currency: 'USD' } }) as const

describe('waybill dev', () => {
  it('takes what an app sends, delivers it to the emulator, and says at the end what the API has', async (context) => {
    const dev = await startDev(context)
    const client = createClient({ pixelId: 'dev', apiKey: 'any', endpoint: dev.url })
    const outcomes = await client.send([order('order_1'), order('order_2')])
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['queued', 'queued'],
    )
    for (let stored = 0; stored < 2; )
      stored = ((await (await fetch(dev.ledger)).json()) as { events: unknown[] }).events.length
    const { exitCode, stdout, stderr } = await dev.stop()
    assert.equal(exitCode, 0, stderr)
    assert.match(stderr, /ledger of the API: 2 events stored/)
    assert.match(stdout, /event:accepted/)
  })

  it('leaves nothing behind, unless a folder was named', async (context) => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('waybill-dev-'))
    await (await startDev(context)).stop()
    const after = readdirSync(tmpdir()).filter((name) => name.startsWith('waybill-dev-'))
    assert.deepEqual(
      after.filter((name) => !before.includes(name)),
      [],
    )
    const kept = join(tempFolder(context), 'kept')
    await (await startDev(context, '--data', kept)).stop()
    assert.ok(existsSync(join(kept, 'waybill.db')))
  })

  it('names the port that is taken', async (context) => {
    const dev = await startDev(context)
    const { port } = new URL(dev.url)
    const { exitCode, stderr } = await run(['dev', '--port', port, '--emulator-port', '0'], { env: {} })
    assert.equal(exitCode, 2)
    assert.match(stderr, new RegExp(`port ${port} is taken.*--port`))
    await dev.stop()
  })

  it('switches faults on and off by key', async () => {
    const board = createSwitchboard(async () => new Response('{"accepted_events":1}'))
    const status = (): Promise<number | string> =>
      board.fetch('http://127.0.0.1/').then(
        ({ status: code }) => code,
        () => 'away',
      )
    const seen: (number | string)[] = []
    for (const key of Object.keys(FAULT_KEYS)) {
      board.choose(key)
      seen.push(await status())
    }
    board.choose('0')
    assert.deepEqual([...seen, await status()], [200, 'away', 503, 429, 401, 200])
  })
})
