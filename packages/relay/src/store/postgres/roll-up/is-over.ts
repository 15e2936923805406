/**
 * Changes of transactions that are over. A row whose transaction is to come, by its number, was brought from another server and is over as
 * well.
 */
export const IS_OVER =
  '(xid < pg_snapshot_xmin(pg_current_snapshot()) or xid >= pg_snapshot_xmax(pg_current_snapshot()))'
