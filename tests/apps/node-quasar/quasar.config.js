import { defineConfig } from '@quasar/app-vite/wrappers'

export default defineConfig(() => ({ build: { vueRouterMode: 'history' }, framework: { config: {} } }))
