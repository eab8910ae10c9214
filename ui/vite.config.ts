import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const api = 'http://127.0.0.1:8000';

export default defineConfig({
  root: import.meta.dirname,
  // Everything is named from where it lies: the base path is known when it is served.
  base: './',
  plugins: [react()],
  build: {
    outDir: '../dist/ui',
    emptyOutDir: true,
    target: 'es2022',
    // Source maps would double what is shipped; the sources are open.
    sourcemap: false,
    modulePreload: { polyfill: false },
  },
  // `vite ui` beside a running `imas up`.
  server: { host: '127.0.0.1', port: 5173, proxy: { '/api': { target: api, changeOrigin: false }, '/health': api } },
});
