import { spawnSync } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT: string = fileURLToPath(new URL('../', import.meta.url))

export interface Ran {
  readonly ok: boolean
  readonly output: string
  readonly tookMs: number
}

/** Runs a program of this very Node's folder first, and hears nothing of the package scripts around it. */
export function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Ran {
  const startedMs = performance.now()
  const { NODE_OPTIONS: _options, ...rest } = process.env
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...rest, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`, ...env },
    maxBuffer: 64 * 1024 * 1024,
    timeout: 300_000,
  })
  const output = `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`
  return { ok: status === 0, output, tookMs: performance.now() - startedMs }
}

/** Packs the packages, built before, into a folder; gives the tarballs by name. */
export function packInto(folder: string): Readonly<Record<'waybill' | 'emulator' | 'relay', string>> {
  const names = ['waybill', 'emulator', 'relay']
  const workspaces = names.flatMap((name) => ['-w', `packages/${name}`])
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder, ...workspaces]
  const { ok, output } = run('npm', args, ROOT)
  if (!ok) throw new Error(`npm pack failed: ${output}`)
  const packed = JSON.parse(output.slice(output.indexOf('['))) as readonly { readonly filename: string }[]
  const [waybill, emulator, relay] = packed.map(({ filename }) => join(folder, filename))
  return { waybill: waybill!, emulator: emulator!, relay: relay! }
}
