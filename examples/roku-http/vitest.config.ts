import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["tests/*.test.ts"], globalSetup: "pass-simulator/vitest/setup", testTimeout: 30_000 },
});
