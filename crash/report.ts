/** How a run of a script ends that used a database. */
import { stopPostgres } from '../packages/relay/src/postgres-server.helpers.ts'

/** Prints what came of it, and ends the process: with 1 where something does not hold. */
export async function report(result: { readonly problems: readonly string[] }): Promise<never> {
  await stopPostgres()
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  process.exit(result.problems.length > 0 ? 1 : 0)
}
