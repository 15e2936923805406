/** What may stand between the cells of a table, the likeliest first. */
export const DELIMITERS: readonly string[] = [',', ';', '\t', '|']

/** The delimiter that occurs most often in the header line outside quotes; a comma where none occurs. */
export function detectDelimiter(head: string): string {
  const header = unquotedHeader(head)
  let best = ','
  let most = 0
  for (const delimiter of DELIMITERS) {
    const count = header.split(delimiter).length - 1
    if (count > most) [best, most] = [delimiter, count]
  }
  return best
}

/** Whether a record is no header but what spreadsheets write, and read, above it: the delimiter, which it was taken apart by. */
export function isDeclaration(cells: readonly string[], delimiter: string): boolean {
  return cells.length === 2 && cells.join(delimiter).toLowerCase() === `sep=${delimiter}`
}

function unquotedHeader(head: string): string {
  const unquoted = head.replace(/^\ufeff/, '').replace(/"(?:[^"]|"")*"/g, '')
  return unquoted.replace(/^[\r\n]+/, '').split(/[\r\n]/, 1)[0] ?? ''
}
