import { defineConfig } from "vitest/config";

const projects = [1, 2].map((number) => ({
  extends: true as const,
  test: { name: `project-${number}`, include: [`vitest/alone-${number}.spec.ts`] },
}));

export default defineConfig({
  test: { globalSetup: "pass-simulator/vitest/setup", testTimeout: 60_000, include: [], projects },
});
