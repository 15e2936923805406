import adapter from '@sveltejs/adapter-node'
import { sveltekit } from '@sveltejs/kit/vite'
import { defineConfig } from 'vite'

// Where the shop is: SvelteKit takes forms from no other address, and takes it for https where nothing is said.
const origin = process.env['ORIGIN'] ?? 'https://shop.example.com'

export default defineConfig({ plugins: [sveltekit({ adapter: adapter(), paths: { origin } })] })
