import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["vitest/*.spec.ts"],
    globalSetup: "pass-simulator/vitest/setup",
    maxWorkers: 4,
    testTimeout: 60_000,
    reporters: ["json"],
    outputFile: "vitest.json",
  },
});
