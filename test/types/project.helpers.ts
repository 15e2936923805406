import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Version → the file that is its compiler. */
export const COMPILERS: Readonly<Record<'5.0' | '5.9' | 'native', string>> = {
  '5.0': join(ROOT, 'test/compilers/5.0/node_modules/typescript/bin/tsc'),
  '5.9': join(ROOT, 'test/compilers/5.9/node_modules/typescript/bin/tsc'),
  native: join(ROOT, 'node_modules/typescript/bin/tsc'),
}

export interface Project {
  readonly folder: string
  remove(): void
}

/** A folder of a user's: the types of `waybill`, made of the sources as they are now, and nothing else of this repository. */
export function newProject(): Project {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-types-'))
  const installed = join(folder, 'node_modules/waybill')
  mkdirSync(installed, { recursive: true })
  const source = join(ROOT, 'packages/waybill')
  cpSync(join(source, 'package.json'), join(installed, 'package.json'))
  const args = ['-p', join(source, 'tsconfig.build.json'), '--emitDeclarationOnly', '--declarationMap', 'false']
  const { status, stdout } = spawnSync(
    process.execPath,
    [COMPILERS.native, ...args, '--outDir', join(installed, 'dist')],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`the declarations could not be made: ${stdout}`)
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }')
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** What a package exports: subpath → its declarations. */
export function declarationsOf(folder: string): ReadonlyMap<string, string> {
  const installed = join(folder, 'node_modules/waybill')
  const { exports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    exports: Record<string, string | { import: { types: string } }>
  }
  const paths = Object.entries(exports).flatMap(([path, to]): [string, string][] =>
    typeof to === 'string' ? [] : [[path.replace('.', 'waybill'), join(installed, to.import.types)]],
  )
  return new Map(paths)
}
