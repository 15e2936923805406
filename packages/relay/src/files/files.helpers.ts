import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { TestContext } from 'node:test'
import type { ColumnPlan } from './column-plan.ts'
import type { OrderKnowledge } from './group.ts'
import { Repeats } from './order-book.ts'
import type { Row } from './row.ts'
import { knowledgeOf } from './survey.ts'

/** A folder of the test's own, gone after it. */
export function tempFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-test-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Writes a file into a folder of the test's own and returns its path. */
export function tempFile(context: TestContext, name: string, content: string | Uint8Array): string {
  const path = join(tempFolder(context), name)
  writeFileSync(path, content)
  return path
}

/** A standard input that holds these bytes. */
export function stdinOf(content: string | Uint8Array): Readable {
  return Readable.from([Buffer.from(content)])
}

/** The bytes in pieces of the given sizes, again and again. */
export async function* inPieces(content: string | Uint8Array, sizes: readonly number[]): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(content)
  for (let at = 0, piece = 0; at < bytes.length; piece++) {
    const end = at + Math.max(1, sizes[piece % sizes.length] ?? 1)
    yield bytes.subarray(at, end)
    at = end
  }
}

/** All rows, and the error that ended them, if one did. */
export async function drain(batches: AsyncIterable<readonly Row[]>): Promise<{ rows: Row[]; error?: Error }> {
  const rows: Row[] = []
  try {
    for await (const batch of batches) rows.push(...batch)
    return { rows }
  } catch (error) {
    return { rows, error: error as Error }
  }
}

export function codesOf(row: Row | undefined): string[] {
  return (row?.issues ?? []).map((issue) => issue.code)
}

/** Knowledge of a file in which every key comes up once. */
export function knowledgeOfPlan(plan: ColumnPlan, more: Partial<OrderKnowledge> = {}): OrderKnowledge {
  return { ...knowledgeOf({ plan, repeats: Repeats.kept([]), isAmountOfLines: false, hasRefunds: false }), ...more }
}
