import { defineConfig } from "@playwright/test";

const { CHROMIUM } = process.env;

export default defineConfig({
  testDir: "tests",
  globalSetup: "pass-simulator/playwright/setup",
  fullyParallel: true,
  workers: 2,
  expect: { timeout: 15_000 },
  use: {
    viewport: { width: 1280, height: 720 },
    // Playwright's own browser where nothing is said.
    ...(CHROMIUM && { launchOptions: { executablePath: CHROMIUM } }),
  },
});
