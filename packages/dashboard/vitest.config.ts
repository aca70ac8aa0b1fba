// Component tests: what cannot be pulled out of a component is tested in a document without a browser.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** The settings of the component tests. */
export default defineConfig({
  plugins: [react()],
  test: { root: import.meta.dirname, include: ["src/**/*.test.tsx"], environment: "happy-dom" },
});
