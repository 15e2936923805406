#!/usr/bin/env node
// npm links this file before anything is built, so it is plain JavaScript and committed.
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  process.stderr.write(
    `waybill: this is Node ${process.versions.node}, and the waybill command needs Node 24 or newer (nodejs.org).\n`,
  )
  process.exit(2)
}
const { main } = await import('@waybill/relay')
process.exitCode = await main(process.argv.slice(2))
