import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["client/*.test.ts"],
    globalSetup: "pass-simulator/vitest/setup",
    maxWorkers: 4,
    testTimeout: 180_000,
  },
});
