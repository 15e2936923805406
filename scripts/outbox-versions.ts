/**
 * `npm run outbox:versions [-- 16 17]`: the tests of the outbox on each version of PostgreSQL that it is promised for; `npm test` runs them on the
 * newest. Exits 1 where a test fails on one of them.
 */
import { testOnVersions } from './postgres-versions.ts'

const TESTS = ['packages/relay/src/outbox/*.test.ts', 'test/outbox*.test.ts']

if (!(await testOnVersions(TESTS, ['16', '17'], process.argv.slice(2)))) process.exitCode = 1
