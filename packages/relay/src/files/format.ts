import { isWrapper } from './json-wrapper.ts'
import type { FileFormat } from './row.ts'

const EXTENSIONS: Readonly<Record<string, FileFormat>> = {
  csv: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'json',
  parquet: 'parquet',
  pq: 'parquet',
}

const NEWLINE = 0x0a
const HEAD_BYTES = 64 * 1024

/** Whether the beginning of a file is enough to tell its format: a whole line, or 64 KiB of one. */
export function isEnoughHead(head: Buffer): boolean {
  return head.length >= HEAD_BYTES || firstLineEnd(head) >= 0
}

/**
 * The format of a file by its first bytes, and by its name where these leave it open.
 * The content wins: many a `.json` holds one object per line, and many an export has no telling name.
 */
export function detectFormat(path: string, head: Buffer): FileFormat {
  const named = formatOfName(path)
  const text = head.toString('utf8').replace(/^\ufeff/, '')
  const start = text.trimStart()
  if (start.startsWith('[')) return named === 'csv' || named === 'tsv' ? named : 'json'
  if (/^\{\s*["}]/.test(start)) return objectFormat(text, named)
  if (named !== undefined && named !== 'parquet') return named
  return start.startsWith('{') ? 'ndjson' : 'csv'
}

/** The format that a file's name claims. */
export function formatOfName(path: string): FileFormat | undefined {
  const name = path.toLowerCase()
  return EXTENSIONS[name.slice(name.lastIndexOf('.') + 1)]
}

/** One object on the first line is a line of NDJSON; an object that goes on below it, or wraps a list, is JSON. */
function objectFormat(text: string, named: FileFormat | undefined): FileFormat {
  const [line = '', next = ''] = text.trimStart().split(/\n\s*/, 2)
  try {
    JSON.parse(line)
    // Pages of a list, one below the other, are lines as well.
    return isWrapper(line) && !next.startsWith('{') ? 'json' : 'ndjson'
  } catch {
    return brokenObjectFormat(line, named)
  }
}

/**
 * `{` alone is JSON, and so is an object cut off by the 64 KiB unless its name says NDJSON; a line that is broken otherwise is one of
 * NDJSON if it looks complete.
 */
function brokenObjectFormat(line: string, named: FileFormat | undefined): FileFormat {
  if (line.trim() === '{') return 'json'
  if (line.length >= HEAD_BYTES / 2) return named === 'ndjson' ? 'ndjson' : 'json'
  return named === 'ndjson' || line.trimEnd().endsWith('}') ? 'ndjson' : 'json'
}

function firstLineEnd(head: Buffer): number {
  for (let at = 0; at < head.length; at++) {
    if (head[at] !== NEWLINE) continue
    if (head.subarray(0, at).toString('latin1').trim().length > 0) return at
  }
  return -1
}
