/** Calls the listener on SIGHUP until the function it gives is called. SIGTERM and SIGINT are the command line's. */
export function onHangup(listener: () => void): () => void {
  process.on('SIGHUP', listener)
  return () => process.off('SIGHUP', listener)
}
