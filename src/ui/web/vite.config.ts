import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * The page is served under `default-src 'self'`: nothing may end up inline, so assets are never turned into data: addresses
 * and the preload polyfill (an inline script in some set-ups) stays out.
 */
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: '../../../dist/web',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    reportCompressedSize: false,
    rolldownOptions: {
      // The page uses the contract's client and its types. Importing a schema does nothing else, so what is unused is left out, and zod with it.
      treeshake: { moduleSideEffects: (id) => !id.includes('/src/contract/') },
    },
  },
});
