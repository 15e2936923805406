import { after } from 'node:test'
import { stopPostgres } from '../../postgres-server.helpers.ts'
import { storeConformance } from '../conformance.ts'
import { openPostgresStore } from './index.ts'
import { makeStoreDatabase } from './postgres-store.helpers.ts'

after(stopPostgres)

const SKIPPED = [
  {
    reason: 'What people read is not answered by this store yet, but for marks, tasks and actions.',
    groups: ['reads'],
  },
  { reason: 'Claims of pixels are not in this store yet.', groups: ['several'] },
  {
    reason: 'Other names, and leases that wait until they are full, are not in this store yet.',
    tests: [
      'an event is a duplicate of what is kept under another of its names, and its other names lead to it',
      'within one call too a conversion under two names is kept once, and what stands between keeps its order',
      'another name of what ended undelivered is no repeat, and what waits there for a better call gives way',
      'a lease that may wait until it is full takes nothing before, unless one of its events has waited for long',
    ],
  },
]

storeConformance(
  'the PostgreSQL store',
  async () => {
    const { url, drop } = await makeStoreDatabase()
    const clock = { nowMs: 1 }
    return { clock, open: () => openPostgresStore({ url, leaseClockMs: () => clock.nowMs }), dispose: drop }
  },
  { skip: SKIPPED },
)
