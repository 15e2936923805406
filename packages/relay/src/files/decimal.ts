const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/

interface Exact {
  readonly digits: bigint
  readonly scale: number
}

/** The exact sum of decimals such as `12.50`; `undefined` where one of them is none. */
export function sumOf(decimals: readonly string[]): string | undefined {
  const all = decimals.map(exact)
  if (!all.every((each) => each !== undefined)) return undefined
  const scale = Math.max(0, ...all.map((each) => each.scale))
  return written(
    all.reduce((sum, each) => sum + scaled(each, scale), 0n),
    scale,
  )
}

/** Whether the first decimal is below the second; `undefined` where one of them is none. */
export function isBelow(one: string, other: string): boolean | undefined {
  const [left, right] = [exact(one), exact(other)]
  if (left === undefined || right === undefined) return undefined
  const scale = Math.max(left.scale, right.scale)
  return scaled(left, scale) < scaled(right, scale)
}

/** A decimal as often as a whole number says. */
export function times(decimal: string, count: number): string | undefined {
  const value = exact(decimal)
  return value === undefined || !Number.isSafeInteger(count)
    ? undefined
    : written(value.digits * BigInt(count), value.scale)
}

function exact(decimal: string): Exact | undefined {
  const [, sign, whole, fraction = ''] = DECIMAL.exec(decimal) ?? []
  return whole === undefined ? undefined : { digits: BigInt(`${sign}${whole}${fraction}`), scale: fraction.length }
}

function scaled({ digits, scale }: Exact, to: number): bigint {
  return digits * 10n ** BigInt(to - scale)
}

function written(digits: bigint, scale: number): string {
  const sign = digits < 0n ? '-' : ''
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0')
  return scale === 0 ? sign + text : `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`
}
