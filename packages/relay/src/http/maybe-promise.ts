/** A value that is there, or on its way. */
export type MaybePromise<Value> = Value | Promise<Value>

/** Goes on with a value: at once where it is there, so that what every request passes costs no promise. */
export function whenThere<Value, Next>(
  value: MaybePromise<Value>,
  next: (value: Value) => Next,
): Next | Promise<Awaited<Next>> {
  return value instanceof Promise ? (value.then(next) as Promise<Awaited<Next>>) : next(value)
}
