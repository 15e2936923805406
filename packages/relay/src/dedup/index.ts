/** Comparing what the pixel and the server sent: which conversions the API counts once, which twice, and what to change. */
export { ACCOUNT_COLUMNS, type AccountPage, type AccountSearch, accountsFile } from './accounts.ts'
export { type Colour, reportLines } from './lines.ts'
export { type DedupReport, isCostly } from './report.ts'
export { type DedupOptions, dedup, type SideInput } from './run.ts'
export type { Side } from './sighting.ts'
export type { ColumnsTaken } from './taken.ts'
