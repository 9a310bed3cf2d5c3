import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "playwright",
  globalSetup: "pass-simulator/playwright/setup",
  workers: 4,
  timeout: 60_000,
  fullyParallel: true,
  reporter: [["json", { outputFile: "playwright.json" }]],
});
