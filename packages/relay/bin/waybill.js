#!/usr/bin/env node
// npm links this file before anything is built, so it is plain JavaScript and committed.
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  process.stderr.write(
    `waybill: this is Node ${process.versions.node}, and the waybill command needs Node 24 or newer (nodejs.org).\n`,
  )
  process.exit(2)
}
/** Megabytes of room for young objects, by command. What reads files hands texts on, and leaves few objects behind. */
const ROOM_MB = { serve: 16, send: 4, validate: 4 }
/** Bytes from which on memory is mapped for itself: a pack of 1,000 events of a file is some 600 kB, what a socket is read into 64 kB. */
const MAPPED_FROM = { serve: '1000000', send: '65000', validate: '65000' }
startOverWithSmallHeap()
const { main } = await import('@waybill/relay')
process.exitCode = await main(process.argv.slice(2))

/**
 * How much memory young objects may take is settled when a process starts. Left to itself V8 takes 100 MB more for a relay under load,
 * or makes the room so small at quiet moments that what a request needs is taken for old; for what reads a file it starts so small that
 * rows whose answers are on their way are copied again and again. So both start over with room of one size, as the same process, unless
 * the operator made a choice, somebody holds a channel to this process, or the system cannot do it.
 * glibc keeps memory apart for each thread, which nobody needs here: with two such arenas a flood of large bodies takes 30 MB less. And
 * it gives back at once what was mapped for itself, which it does for ever smaller parts of what is large unless it is told a size: 20 MB.
 * Packs of a file, and what sockets are read into, are smaller than that size: left among what stays, they keep memory that nobody uses.
 */
function startOverWithSmallHeap() {
  const roomMb = ROOM_MB[process.argv[2]]
  const flags = ['--max-semi-space-size', '--min-semi-space-size']
  const { execPath, execArgv, argv, env } = process
  const given = [...execArgv, env.NODE_OPTIONS ?? ''].map((option) => option.replaceAll('_', '-'))
  const isChosen = given.some((option) => flags.some((flag) => option.includes(flag)))
  const malloc = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: MAPPED_FROM[process.argv[2]] }
  const isPossible = process.execve !== undefined && process.platform !== 'win32' && process.send === undefined
  if (roomMb === undefined || !isPossible || (isChosen && Object.keys(malloc).every((name) => env[name] !== undefined)))
    return
  const bounds = isChosen ? [] : flags.map((flag) => `${flag}=${roomMb}`)
  process.execve(execPath, [execPath, ...bounds, ...execArgv, ...argv.slice(1)], { ...malloc, ...env })
}
