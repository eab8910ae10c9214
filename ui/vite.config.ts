import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const api = 'http://127.0.0.1:8000';

/** Parts of the files of texts that the server says by itself: in mails, chat and documents. */
const saidByServer: ReadonlySet<string> = new Set(['message', 'digest', 'report', 'device', 'offline', 'chat', 'answer']);

/** Pages carry the texts of pages. */
const textsOfPages: Plugin = {
  name: 'texts-of-pages',
  enforce: 'pre',
  transform(code, id) {
    if (!/\/src\/texts\/[a-z]{2}\.json$/.test(id)) return null;
    const parts = Object.entries(JSON.parse(code) as Record<string, unknown>).filter(([part]) => !saidByServer.has(part));
    return JSON.stringify(Object.fromEntries(parts));
  },
};

export default defineConfig({
  root: import.meta.dirname,
  // Everything is named from where it lies: the base path is known when it is served.
  base: './',
  plugins: [textsOfPages, react()],
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
