import { after } from 'node:test'
import { stopPostgres } from '../../postgres-server.helpers.ts'
import { storeConformance } from '../conformance.ts'
import { openPostgresStore } from './index.ts'
import { makeStoreDatabase } from './postgres-store.helpers.ts'
import { startTcpProxy } from './tcp-proxy.helpers.ts'

after(stopPostgres)

storeConformance('the PostgreSQL store', async () => {
  const { url, drop } = await makeStoreDatabase()
  const proxy = await startTcpProxy(url)
  const clock = { nowMs: 1 }
  const open = () =>
    openPostgresStore({ url: proxy.urlOf(url), clockMs: () => clock.nowMs, readLimits: { answerMs: 60_000 } })
  return {
    clock,
    open,
    openBeside: open,
    async wait(forMs) {
      clock.nowMs += forMs
    },
    loseAnswer: () => void proxy.loseAnswer('insert into waybill_store.account'),
    async dispose() {
      await proxy.close()
      await drop()
    },
  }
})
