import type { TestContext } from 'node:test'
import { createEmulator, type Emulator, type EmulatorOptions } from '@waybill/emulator'

export interface Api {
  readonly url: string
  readonly emulator: Emulator
}

/** The emulated API on a port of the test's own, gone after it. */
export async function startApi(context: TestContext, options: EmulatorOptions = {}): Promise<Api> {
  const emulator = createEmulator(options)
  const server = await emulator.listen({ port: 0 })
  context.after(() => server.close())
  return { url: server.url, emulator }
}
