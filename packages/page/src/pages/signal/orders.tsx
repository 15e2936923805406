import { useState } from 'react'
import { Button, DropZone, FileTrigger } from 'react-aria-components'
import { post } from '../../api/client.ts'
import type { OrderResult } from '../../api/shapes.ts'
import { readCsv } from '../../logic/csv.ts'
import { count } from '../../logic/format.ts'
import { guessColumns, type OrderColumns, ordersOf } from '../../logic/orders.ts'
import { Choice } from '../../parts/choice.tsx'
import { Problem } from '../../parts/problem.tsx'
import { useAct } from '../../parts/use-act.ts'
import { useScope } from '../../shell/use-scope.ts'
import { t } from '../../texts/index.ts'
import { OrderResults } from './order-results.tsx'

const CHUNK = 10_000

interface Book {
  readonly name: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly columns: OrderColumns
}

/** The shop's own list against ours. The file is read here; only ids and amounts are asked about. */
export function Orders() {
  const { scope } = useScope()
  const [book, setBook] = useState<Book>()
  const open = async (file: File): Promise<void> => {
    const [head = [], ...rows] = readCsv(await file.text())
    setBook({ name: file.name, head, rows, columns: guessColumns(head) })
  }
  return (
    <section className="panel stack" aria-labelledby="orders">
      <h2 id="orders">{t.signal.orders}</h2>
      {scope.pixel === undefined && <p className="held">▲ {t.signal.needPixel}</p>}
      <DropZone
        className="drop"
        getDropOperation={() => 'copy'}
        onDrop={({ items }) => {
          const item = items.find(({ kind }) => kind === 'file')
          if (item?.kind === 'file') void item.getFile().then(open)
        }}
      >
        <b>{t.signal.dropHere}</b>
        <span className="muted small">{t.signal.dropHint}</span>
        <FileTrigger acceptedFileTypes={['.csv', 'text/csv']} onSelect={(files) => void (files?.[0] && open(files[0]))}>
          <Button className="button">{t.signal.choose}</Button>
        </FileTrigger>
      </DropZone>
      {book !== undefined && (
        <Compare key={book.name} book={book} onColumns={(columns) => setBook({ ...book, columns })} />
      )}
    </section>
  )
}

interface CompareProps {
  readonly book: Book
  readonly onColumns: (columns: OrderColumns) => void
}

function Compare({ book, onColumns }: CompareProps) {
  const { scope, asked } = useScope()
  const { run, isRunning, error } = useAct()
  const [results, setResults] = useState<readonly OrderResult[]>()
  const orders = ordersOf(book.rows, book.columns)
  const compare = async (): Promise<void> => {
    const all: OrderResult[] = []
    for (let at = 0; at < orders.length; at += CHUNK) {
      const part = { pixel: scope.pixel, from: asked.from, until: asked.until, orders: orders.slice(at, at + CHUNK) }
      all.push(...(await post<{ results: readonly OrderResult[] }>('/api/orders/compare', part)).results)
    }
    setResults(all)
  }
  if (orders.length === 0) return <p className="refused">■ {t.signal.noneInFile}</p>
  return (
    <div className="stack">
      <div className="row">
        <span>
          {book.name}: {t.signal.compared(count(orders.length))}
        </span>
        <ColumnChoices book={book} onColumns={onColumns} />
        <Button
          className="button main-act"
          isDisabled={isRunning || scope.pixel === undefined}
          onPress={() => void run(compare)}
        >
          {t.signal.compare}
        </Button>
      </div>
      {error !== undefined && <Problem what={t.signal.orders} error={error} />}
      {results !== undefined && <OrderResults results={results} orders={orders} />}
    </div>
  )
}

function ColumnChoices({ book: { head, columns }, onColumns }: CompareProps) {
  const items = head.map((title, at) => ({ id: String(at), text: title === '' ? String(at + 1) : title }))
  const none = { id: '-1', text: t.signal.noPixelColumn }
  const titles = { id: t.signal.idColumn, amount: t.signal.amountColumn, currency: t.signal.currencyColumn }
  return (
    <>
      {(['id', 'amount', 'currency'] as const).map((part) => (
        <span key={part} className="row small">
          <span className="muted">{titles[part]}</span>
          <Choice
            label={titles[part]}
            items={part === 'id' ? items : [none, ...items]}
            value={String(columns[part])}
            onChange={(at) => onColumns({ ...columns, [part]: Number(at) })}
          />
        </span>
      ))}
    </>
  )
}
