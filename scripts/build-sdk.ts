/**
 * Builds `waybill` twice: as ES modules in `dist`, and as CommonJS in `dist/cjs`, for projects and test runners that load nothing else. The one
 * dependency is ESM only, so CommonJS has the little that is used of it in a file of its own.
 */
import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const PACKAGE = join(ROOT, 'packages/waybill')
const COMMONJS = join(PACKAGE, 'dist/cjs')

function compile(config: string): void {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
  const { status } = spawnSync(process.execPath, [tsc, '-p', join(PACKAGE, config)], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

compile('tsconfig.build.json')
rmSync(COMMONJS, { recursive: true, force: true })
compile('tsconfig.cjs.json')
writeFileSync(join(COMMONJS, 'package.json'), '{ "type": "commonjs", "sideEffects": false }\n')
buildSync({
  entryPoints: [join(PACKAGE, 'src/identity/noble.ts')],
  outfile: join(COMMONJS, 'identity/noble.js'),
  allowOverwrite: true,
  bundle: true,
  format: 'cjs',
  platform: 'neutral',
  target: 'es2022',
  legalComments: 'inline',
})
