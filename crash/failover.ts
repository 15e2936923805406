/**
 * `npm run crash:failover -- [--bin /usr/lib/postgresql/15/bin]`: two relays on a PostgreSQL with a synchronous standby. The primary dies under load
 * and the standby is promoted; one relay is led there at once, the other one to the old primary first, which has come back and takes no
 * writes. Neither relay may end, nothing may be lost, and at least 0.9 of the rate is there again within a minute. Needs an installed PostgreSQL.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createEmulator } from '@waybill/emulator'
import { startTcpProxy, type TcpProxy } from '../packages/relay/src/store/postgres/tcp-proxy.helpers.ts'
import { seededRandom } from '../packages/waybill/src/delivery/plan.cases.ts'
import { type Disturbed, judge } from './relays/judge.ts'
import { startServerPair } from './relays/servers.ts'
import { startWitness } from './relays/witness.ts'
import { beginLife, drained, type Relay, write } from './relays.ts'

const PIXELS = ['pixel_0', 'pixel_1', 'pixel_2', 'pixel_3']
const WRITERS = 3
const BEFORE_MS = 15_000
const WRONG_WAY_MS = 10_000
const AFTER_MS = 60_000
const RATE_OVER_MS = 10_000
const LEAST_SHARE = 0.9

const { values } = parseArgs({ options: { bin: { type: 'string', default: '/usr/lib/postgresql/15/bin' } } })
const folder = mkdtempSync(join(tmpdir(), 'waybill-failover-'))
const servers = await startServerPair(values.bin)
const emulator = createEmulator()
const witness = await startWitness(emulator)
const relays: Relay[] = []
const proxies: TcpProxy[] = []
for (const at of [0, 1]) {
  const proxy = await startTcpProxy(servers.primaryUrl)
  proxies.push(proxy)
  const home = join(folder, `relay-${at}`)
  mkdirSync(home)
  writeFileSync(join(home, 'url'), proxy.urlOf(servers.primaryUrl), { mode: 0o600 })
  const relay: Relay = { folder: home, at, lives: 0, key: '', isPaused: false, life: undefined }
  relays.push(relay)
  await beginLife(relay, { folder: home, pixels: PIXELS, endpoint: witness.url })
}
const ended: string[] = []
for (const relay of relays)
  void relay.life!.then((life) => life.ended.then((code) => ended.push(`${relay.key}: ${code}`)))

const acknowledged = new Set<string>()
const disturbed: Disturbed[] = []
let isWriting = true
const random = seededRandom(1)
const about = { relays, pixels: PIXELS, acknowledged, isWriting: () => isWriting, random }
const writing = Promise.all(Array.from({ length: WRITERS }, (_, at) => write({ ...about, at })))

await sleep(BEFORE_MS - RATE_OVER_MS)
const before = await rateNow()
// What is answered and not settled just now may be sent again, by either relay.
for (const { key } of relays) disturbed.push({ relay: key, how: 'stopped', atMs: performance.now() })
await servers.killPrimary()
await servers.promote()
proxies[0]!.lead(servers.standbyUrl)
await servers.startOldAsStandby()
await sleep(WRONG_WAY_MS)
for (const { key } of relays) disturbed.push({ relay: key, how: 'stopped', atMs: performance.now() })
proxies[1]!.lead(servers.standbyUrl)
proxies[1]!.cut()
await sleep(AFTER_MS - RATE_OVER_MS)
const after = await rateNow()
isWriting = false
await writing
await drained(emulator, acknowledged)

const stored = new Map(emulator.events().map(({ event, received }) => [event.id, received]))
const share = after / before
const problems = [
  ...judge({ seen: witness.seen, disturbed, acknowledged, stored }),
  ...(ended.length > 0 ? [`relays ended: ${ended.join(', ')}`] : []),
  ...(share < LEAST_SHARE ? [`the rate came to ${share.toFixed(2)} of before`] : []),
]
process.stdout.write(
  `${JSON.stringify({ acknowledged: acknowledged.size, before: Math.round(before), after: Math.round(after), problems }, null, 2)}\n`,
)
for (const relay of relays) (await relay.life)?.process.kill('SIGKILL')
for (const proxy of proxies) await proxy.close()
await witness.close()
await servers.stop()
rmSync(folder, { recursive: true, force: true })
process.exit(problems.length > 0 ? 1 : 0)

/** Events that were acknowledged and stored in a second, over ten. */
async function rateNow(): Promise<number> {
  const count = (): number => Math.min(acknowledged.size, emulator.events().length)
  const at = count()
  await sleep(RATE_OVER_MS)
  return (count() - at) / (RATE_OVER_MS / 1_000)
}
