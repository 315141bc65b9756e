/** Builds the renderer into dist/renderer: files only, nothing inline, so that the strict content policy holds. */
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

export default defineConfig({
  root,
  base: './',
  plugins: [react()],
  build: {
    outDir: path.join(root, '..', 'dist', 'renderer'),
    emptyOutDir: true,
    // The oldest Chromium this is run in (Electron 25). `lib` of tsconfig.json is what that one has.
    target: 'chrome114',
    sourcemap: false,
    // A data: URL for a script or font would be refused by the policy.
    assetsInlineLimit: 0,
    modulePreload: false,
    // Read from disk, never over a network: one file is fine.
    chunkSizeWarningLimit: 1_000,
  },
});
