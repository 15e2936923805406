/** A signal that knows how many listen to it. */
export function countingSignal(): AbortSignal & { listeners(): number } {
  const { signal } = new AbortController()
  const listening = new Set<unknown>()
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  return Object.assign(signal, {
    addEventListener(...args: Parameters<typeof add>) {
      listening.add(args[1])
      add(...args)
    },
    removeEventListener(...args: Parameters<typeof remove>) {
      listening.delete(args[1])
      remove(...args)
    },
    listeners: () => listening.size,
  })
}
