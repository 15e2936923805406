#!/usr/bin/env node
// The command belongs to @waybill/relay. Where both packages are installed, either may be linked as `waybill`: this one then starts the other's.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

const WITHOUT_RELAY = `waybill is the SDK, and the command comes with the relay. Three things you can do:

  npm install @waybill/relay       then npx waybill dev: relay and emulator on this machine, nothing to configure
  npm install @waybill/emulator    the API inside your tests: createClient({ …, fetch: createEmulator().fetch })
  import { createClient } from 'waybill'    send from your server; docs/sdk.md has every option
`

/** Beside the project that one stands in, or beside this very package. */
function findRelay() {
  for (const from of [join(process.cwd(), 'waybill.js'), import.meta.url]) {
    try {
      return dirname(createRequire(from).resolve('@waybill/relay/package.json'))
    } catch {
      // Not here.
    }
  }
  return undefined
}

const relay = findRelay()
if (relay === undefined) {
  process.stderr.write(WITHOUT_RELAY)
  process.exitCode = 2
} else await import(pathToFileURL(join(relay, 'bin/waybill.js')).href)
