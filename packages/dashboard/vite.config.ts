// How the console is built, in mode `production`, which routers serve, or `localnet`, which also has the test wallet.
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Where `npm start` listens. The host stays the page's, or the router would take its own page for another site's.
const ROUTER_OF_DEV_SERVER = { target: "http://127.0.0.1:8787", changeOrigin: false };
const ROUTER_PATHS = ["/api", "/v1", "/.well-known"];

/** The settings of both builds, by their mode. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss()],
  build: {
    emptyOutDir: true,
    target: "es2023",
    modulePreload: { polyfill: false }, // the polyfill is for browsers that the target leaves out
    assetsInlineLimit: 0, // a `data:` font or script is not what the Content-Security-Policy allows
    reportCompressedSize: false,
    license: { fileName: "THIRD-PARTY-NOTICES.md" },
    manifest: true, // in a folder with a dot, which nobody serves: a test reads what the first page loads
  },
  server: { proxy: Object.fromEntries(ROUTER_PATHS.map((path) => [path, ROUTER_OF_DEV_SERVER])) },
});
