/**
 * Passes on what the source gives, and ends at once when the signal is aborted, even while the source keeps it waiting, as a
 * terminal or a pipe on standard input does.
 */
export async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]()
  // Not Promise.race with one long-lived promise: that would hold on to everything it ever raced against.
  let stop = (): void => {}
  const onAbort = (): void => stop()
  signal.addEventListener('abort', onAbort)
  try {
    while (!signal.aborted) {
      const step = await new Promise<IteratorResult<T> | undefined>((resolve, reject) => {
        stop = () => resolve(undefined)
        iterator.next().then(resolve, reject)
      })
      if (step === undefined || step.done === true) return
      yield step.value
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    // Not awaited: a source that is waiting ends only when its file is closed.
    iterator.return?.().catch(() => {})
  }
}
