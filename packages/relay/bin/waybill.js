#!/usr/bin/env node
// npm links this file before anything is built, so it is plain JavaScript and committed.
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  process.stderr.write(
    `waybill: this is Node ${process.versions.node}, and the waybill command needs Node 24 or newer (nodejs.org).\n`,
  )
  process.exit(2)
}
startWithSmallHeap()
const { main } = await import('@waybill/relay')
process.exitCode = await main(process.argv.slice(2))

/**
 * V8 settles when a process starts how much memory young objects may take. Events pass through a relay quickly, and with its own choice
 * V8 keeps 100 MB more for them, for nothing. So the relay starts over as the same process with a choice of ours, unless the operator made
 * one, or somebody holds a channel to this process.
 */
function startWithSmallHeap() {
  const flag = '--max-semi-space-size'
  const { execPath, execArgv, argv, env } = process
  const isChosen = [...execArgv, env.NODE_OPTIONS ?? ''].some((option) => option.includes(flag))
  if (argv[2] !== 'serve' || isChosen || process.send !== undefined || process.execve === undefined) return
  process.execve(execPath, [execPath, `${flag}=${process.env.ZZ_SEMI ?? 8}`, ...execArgv, ...argv.slice(1)], env)
}
