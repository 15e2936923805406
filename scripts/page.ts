/** Builds the page into the relay's package: `npm run build`. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'
import { build, type Plugin } from 'vite'

/** Where the relay serves it from, and what its package ships. */
const OUT = fileURLToPath(new URL('../packages/relay/page/', import.meta.url))
const SOURCES = fileURLToPath(new URL('../packages/page/', import.meta.url))
const MIN_PACKED_BYTES = 1_024
/** The one style element of React Aria: its text is constant, so that a digest lets it pass. */
const REACT_ARIA_STYLE = `@layer {
  [data-react-aria-pressable] {
    touch-action: pan-x pan-y pinch-zoom;
  }
}`

await build({
  root: SOURCES,
  configFile: false,
  logLevel: 'warn',
  plugins: [ownLanguages(), packed()],
  build: {
    outDir: OUT,
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      // React's mark for servers says nothing here.
      onLog: (level, log, told) => log.code === 'MODULE_LEVEL_DIRECTIVE' || told(level, log),
    },
  },
})

/** React Aria has its own words in 34 languages; the page has the languages of `packages/page/src/texts`, and says all else in English. */
function ownLanguages(): Plugin {
  const others = /\/intl\/[\w-]+\/(?!en-US)[a-z]{2}-[A-Z]{2}\.mjs$/
  return {
    name: 'waybill-languages',
    load: (id) => (others.test(id) ? "export { default } from './en-US.mjs'" : undefined),
  }
}

/** Beside each file its packed form, so that the relay packs nothing, and what its policy has to let pass. */
function packed(): Plugin {
  return {
    name: 'waybill-packed',
    apply: 'build',
    closeBundle() {
      const files = readdirSync(OUT, { recursive: true, encoding: 'utf8' }).filter((file) =>
        /\.(?:js|css|html)$/.test(file),
      )
      for (const file of files) pack(`${OUT}${file}`)
      const digest = createHash('sha256').update(REACT_ARIA_STYLE).digest('base64')
      writeFileSync(`${OUT}csp.json`, `${JSON.stringify({ styleHashes: [`sha256-${digest}`], trustedTypes: [] })}\n`)
    },
  }
}

function pack(path: string): void {
  const bytes = readFileSync(path)
  rmSync(`${path}.br`, { force: true })
  if (bytes.length < MIN_PACKED_BYTES) return
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }))
}
