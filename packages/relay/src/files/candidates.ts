import { type Candidate, Grouper, type OrderKnowledge } from './group.ts'
import type { Mapper } from './mapper.ts'
import type { OpenFile } from './open-file.ts'

/**
 * All events of a file, in batches, in constant memory. Throws `FileError` where the file cannot be read further;
 * the events before that were yielded, save one that was still open.
 */
export async function* readCandidates(
  file: OpenFile,
  mapper: Mapper,
  known: OrderKnowledge,
): AsyncGenerator<readonly Candidate[]> {
  const grouper = new Grouper(known)
  for await (const rows of file.rows) {
    const batch: Candidate[] = []
    for (const row of rows) {
      for (const candidate of grouper.push(mapper.map(row))) batch.push(candidate)
    }
    if (batch.length > 0) yield batch
  }
  const last = grouper.end()
  if (last.length > 0) yield last
}
