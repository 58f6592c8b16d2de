import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The page is served under a strict content security policy: nothing may be inlined, neither a
// data: asset nor the module preload script, and every asset carries the hash of its content.
export default defineConfig({
  root: import.meta.dirname,
  base: "/",
  plugins: [react()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
});
