/** `npm start`: the API's emulator on this machine, and a shop's order export sent to it. */
import { rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { createEmulator } from '@waybill/emulator'
import { main } from '@waybill/relay'
import { DATA_FOLDER, makeExamples } from './make.ts'

const orders = relative('', makeExamples(Date.now()).orders)
const refused = relative('', join(DATA_FOLDER, 'refused.csv'))
rmSync(refused, { force: true })
const emulator = createEmulator()
const server = await emulator.listen({ port: 0 })
const show = (text: string): void => void process.stderr.write(`${text}\n`)

show(`The Conversions API is emulated on ${server.url}; nothing leaves this machine.`)
show(`$ waybill send ${orders} --pixel demo --endpoint ${server.url} --refused ${refused}\n`)
const exitCode = await main(['send', orders, '--pixel', 'demo', '--endpoint', server.url, '--refused', refused], {
  env: { ...process.env, WAYBILL_API_KEY: 'demo-key' },
})
const { stored, duplicates, requests } = emulator.summary()
show(`\nThe API stored ${stored} conversions, each once (${duplicates} duplicates), in ${requests} requests.`)
show('The mistakes in the file are there on purpose, so waybill ended with exit code 1: some rows were refused.')
show('Next: npx waybill --help, or the README for your own file, your own code, and the emulator on a fixed port.')
await server.close()
// Refused rows are what this demonstration shows; anything else is a fault of it.
process.exitCode = exitCode === 1 ? 0 : exitCode
