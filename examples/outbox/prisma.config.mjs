import { defineConfig } from 'prisma/config'

// biome-ignore lint/style/noDefaultExport: Prisma reads it.
export default defineConfig({ schema: 'prisma/schema.prisma' })
