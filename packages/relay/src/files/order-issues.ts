import { mapLine } from './doubt.ts'
import { fault, type Issue } from './issue.ts'

/** Rows of one order that say different things of it. */
export function disagreeing(column: string, isAmount: boolean): Issue {
  const message = `The rows of this order disagree in "${column}", so none of it is sent.${isAmount ? ' It looks like the amount of each line.' : ''}`
  const hint = isAmount
    ? `Add the lines up in a map: "amount": { "sum": "${column}" }; or name a column that has the amount of the order.`
    : 'Make the rows of an order agree in all but its items, or give each event an id of its own.'
  return fault('conflicting_repeat', column, message, hint)
}

/** A row of an order that takes money back. */
export function refundAmong(column: string): Issue {
  const message = `A row of this order has an amount below zero in "${column}" and looks like a refund, so none of the order is sent.`
  return fault('conflicting_repeat', column, message, `Leave such rows out in a map: ${withoutRefunds(column)}.`)
}

/** The line of a map that leaves out rows with an amount below zero. */
export function withoutRefunds(column: string): string {
  return mapLine('where', { [column]: { negative: false } })
}

/** Lines of an order whose amounts agree, where those of other orders show that they are amounts of lines. */
export function amountOfLines(column: string): Issue {
  const message = `"${column}" looks like the amount of each line: it differs within other orders of this file.`
  const hint = `Say which it is in a map: "amount": { "sum": "${column}" } adds the lines up, "amount": "${column}" takes it as the order's.`
  return fault('conflicting_repeat', column, message, hint)
}

export function amountBelowItems(column: string): Issue {
  const message = `"${column}" is less than the items of the order cost together; is it the amount of one line?`
  const hint = `If so, add the lines up in a map: "amount": { "sum": "${column}" }.`
  return { code: 'amount_below_items', path: column, message, severity: 'warning', hint }
}

/** Rows of one order with rows of others between them. */
export function scattered(column: string, refunds?: string): Issue {
  const message = 'The rows of this order stand in several places of the file, so none of it is sent.'
  return fault(
    'conflicting_repeat',
    '',
    message,
    `Sort the file by "${column}", so that the rows of an order are neighbours.${ofRefunds(refunds)}`,
  )
}

/** Another row, elsewhere, with the same id and type. */
export function saidOtherwise(column: string, refunds?: string): Issue {
  const message = 'Another row of the file has the same id and type, and says other things; none of them is sent.'
  const hint = `Give each event an id of its own: is "${column}" the right column?${ofRefunds(refunds)}`
  return fault('conflicting_repeat', '', message, hint)
}

/** Said where the file has amounts below zero: which row of the order it was is not known when the others are judged. */
function ofRefunds(column: string | undefined): string {
  if (column === undefined) return ''
  return ` Rows with an amount below zero in "${column}" look like refunds; where one of them is in the way, leave them out in a map: ${withoutRefunds(column)}.`
}

export function tooMany(limit: number): Issue {
  const message = `More than ${limit.toLocaleString('en-US')} neighbouring rows have the same id and type.`
  return fault('conflicting_repeat', '', message, "Check that the id comes from the order's number.")
}
