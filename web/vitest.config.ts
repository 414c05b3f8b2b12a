import { defineConfig } from "vitest/config";

export default defineConfig({
  define: { ICONS_URL: JSON.stringify("/static/icons.svg") },
  test: { include: ["client/**/*.test.ts"], passWithNoTests: true, environment: "node" },
});
