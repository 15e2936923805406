/** Where a long run stands, kept in a file, so that it can be stopped and goes on where it was. */
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Outcome } from './simulate.ts'

const ROOT = join(import.meta.dirname, '..')

export class Progress {
  readonly #path: string
  /** What earlier runs of the same kind, on the same sources, came to. */
  readonly outcomes: readonly Outcome[]

  constructor(kind: object, isFresh: boolean) {
    const head = JSON.stringify({ kind, sources: digestOfSources() })
    this.#path = join(tmpdir(), `waybill-simulation-${digest(JSON.stringify(kind))}.ndjson`)
    const lines = existsSync(this.#path) ? readFileSync(this.#path, 'utf8').split('\n') : []
    if (isFresh || lines[0] !== head) {
      writeFileSync(this.#path, `${head}\n`)
      this.outcomes = []
    } else this.outcomes = lines.slice(1).flatMap(readOutcome)
  }

  keep(outcome: Outcome): void {
    appendFileSync(this.#path, `${JSON.stringify(outcome)}\n`)
  }
}

/** A line that was cut when the run was stopped counts for nothing. */
function readOutcome(line: string): Outcome[] {
  try {
    return [JSON.parse(line) as Outcome]
  } catch {
    return []
  }
}

/** Changed sources make every outcome a new question. */
function digestOfSources(): string {
  const paths = globSync(['packages/*/src/**/*.{ts,sql}', 'simulation/**/*.ts'], { cwd: ROOT }).sort()
  return digest(paths.map((path) => `${path} ${statSync(join(ROOT, path)).mtimeMs}`).join('\n'))
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
