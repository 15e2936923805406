import { useVirtualizer } from '@tanstack/react-virtual'
import { type CSSProperties, type ReactNode, useRef } from 'react'

export interface Column<Item> {
  readonly title: string
  /** As in `2fr` or `8rem`. */
  readonly width: string
  readonly isRight?: boolean
  /** Left out on a phone. */
  readonly isExtra?: boolean
  readonly cell: (item: Item) => ReactNode
}

interface RowsProps<Item> {
  readonly label: string
  readonly items: readonly Item[]
  readonly keyOf: (item: Item) => string | number
  readonly columns: readonly Column<Item>[]
}

const ROW_PX = 41

/** No element of HTML draws a table whose rows come and go: it is made of roles. It can be scrolled by keyboard. Draws only the rows in sight, so that ten thousand cost no more than thirty. */
export function Rows<Item>({ label, items, keyOf, columns }: RowsProps<Item>) {
  const box = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    getItemKey: (at) => keyOf(items[at]!),
  })
  const style = { '--columns': columns.map(({ width }) => `minmax(0, ${width})`).join(' ') } as CSSProperties
  return (
    <div
      className="table"
      ref={box}
      role="table"
      aria-label={label}
      aria-rowcount={items.length + 1}
      style={style}
      tabIndex={0}
    >
      <div role="rowgroup">
        <div role="row" className="top">
          {columns.map((column) => (
            <span key={column.title} role="columnheader" className={classOf(column)}>
              {column.title}
            </span>
          ))}
        </div>
      </div>
      <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => (
          <div
            key={key}
            role="row"
            aria-rowindex={index + 2}
            data-index={index}
            ref={virtual.measureElement}
            style={{ position: 'absolute', top: 0, left: 0, right: 0, transform: `translateY(${start}px)` }}
          >
            {columns.map((column) => (
              <span key={column.title} role="cell" className={classOf(column)}>
                {column.cell(items[index]!)}
              </span>
            ))}
          </div>
        ))}
      </div>
    </div>
  )
}

const classOf = ({ isRight, isExtra }: Pick<Column<never>, 'isRight' | 'isExtra'>): string =>
  [isRight === true ? 'right' : '', isExtra === true ? 'extra' : ''].join(' ')
