import { defineConfig } from "vitest/config";

export default defineConfig({ test: { include: ["vitest/report.spec.ts"], testTimeout: 60_000 } });
