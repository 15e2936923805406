/**
 * `npm run store:versions [-- 15 16]`: the tests of the store on each version of PostgreSQL that it is promised for; `npm test` runs them on the
 * newest. Exits 1 where a test fails on one of them.
 */
import { testOnVersions } from './postgres-versions.ts'

/** The plans of statements and the blocks they touch too: planners differ. */
const TESTS = ['packages/relay/src/store/postgres/**/*.test.ts', 'packages/relay/src/service/postgres.test.ts']

if (!(await testOnVersions(TESTS, ['15', '16', '17', '18'], process.argv.slice(2)))) process.exitCode = 1
