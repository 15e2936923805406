import { Link } from '@tanstack/react-router'
import { Button } from 'react-aria-components'
import type { Money, OrderResult, OrderState } from '../../api/shapes.ts'
import { csvOf } from '../../logic/csv.ts'
import { count, decimal, moneys } from '../../logic/format.ts'
import { accuracy, type Order } from '../../logic/orders.ts'
import { type Column, Rows } from '../../parts/rows.tsx'
import { save } from '../../parts/save.ts'
import { State } from '../../parts/state.tsx'
import { t } from '../../texts/index.ts'

const ORDER: readonly OrderState[] = ['delivered', 'skipped', 'waiting', 'refused', 'expired', 'discarded', 'unknown']
const SHOWN: Readonly<Record<string, string>> = { skipped: 'discarded', waiting: 'queued', unknown: 'refused' }

interface OrderResultsProps {
  readonly results: readonly OrderResult[]
  readonly orders: readonly Order[]
}

/** How many of the shop's orders arrived, by number and by money, and each that did not. */
export function OrderResults({ results, orders }: OrderResultsProps) {
  const counts = new Map(ORDER.map((state) => [state, results.filter((one) => one.is === state).length]))
  const missing = results.filter(({ is, sameAmount }) => is !== 'delivered' || sameAmount === false)
  const differing = results.filter(({ sameAmount }) => sameAmount === false).length
  const byId = new Map(orders.map((order) => [order.id, order]))
  const exportAll = (): void => {
    const rows = results.map(({ id, is, code, amount, currency }) => [
      id,
      is,
      code,
      amount,
      currency,
      byId.get(id)?.amount,
    ])
    save('orders.csv', 'text/csv', csvOf(['order', 'is', 'code', 'amount', 'currency', 'shop_amount'], rows))
  }
  return (
    <div className="stack">
      <p role="status">
        <b>{t.signal.accuracy(decimal(accuracy(counts)))}</b>{' '}
        {differing > 0 && <span className="held">▲ {t.signal.amountsDiffer(count(differing))}</span>}
      </p>
      <ul className="pipeline">
        {ORDER.map((state) => (
          <li key={state} className="stage">
            <State state={SHOWN[state] ?? state} word={t.signal.is[state] ?? state} />
            <b>{count(counts.get(state) ?? 0)}</b>
            <span className="small muted num">{moneys(moneyOf(results, state, byId))}</span>
          </li>
        ))}
      </ul>
      <div className="row">
        <Button className="button" onPress={exportAll}>
          {t.common.exportCsv}
        </Button>
      </div>
      {missing.length > 0 && <Rows label={t.signal.orders} items={missing} keyOf={({ id }) => id} columns={COLUMNS} />}
    </div>
  )
}

/** The shop's amounts, as ours may be what is missing. */
function moneyOf(results: readonly OrderResult[], state: OrderState, orders: ReadonlyMap<string, Order>): Money[] {
  const sums = new Map<string, number>()
  for (const { id, is } of results) {
    const { amount, currency } = orders.get(id) ?? {}
    if (is === state && amount !== undefined && currency !== undefined)
      sums.set(currency, (sums.get(currency) ?? 0) + amount)
  }
  return [...sums].map(([currency, amount]) => ({ currency, amount }))
}

const COLUMNS: readonly Column<OrderResult>[] = [
  { title: t.signal.idColumn, width: '2fr', cell: (result) => <OrderLink result={result} /> },
  {
    title: t.events.state,
    width: '1.4fr',
    cell: ({ is }) => <State state={SHOWN[is] ?? is} word={t.signal.is[is] ?? is} />,
  },
  { title: t.events.code, width: '1.6fr', isExtra: true, cell: ({ code }) => code ?? '' },
  {
    title: t.signal.amountColumn,
    width: '1fr',
    isRight: true,
    isExtra: true,
    cell: ({ amount, currency, sameAmount }) => (
      <span className={sameAmount === false ? 'held' : undefined}>
        {amount !== null && currency !== null
          ? `${sameAmount === false ? '▲ ' : ''}${moneys([{ amount, currency }])}`
          : ''}
      </span>
    ),
  },
]

function OrderLink({ result: { id, rows } }: { readonly result: OrderResult }) {
  const [row] = rows
  if (row === undefined) return <bdi>{id}</bdi>
  return (
    <Link to="/events/$row" params={{ row: String(row) }}>
      <bdi>{id}</bdi>
    </Link>
  )
}
