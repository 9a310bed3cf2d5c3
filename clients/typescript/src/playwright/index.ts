/** Fixtures for Playwright Test: a sandbox for each test, on a simulator that all workers share. */

import { dirname } from "node:path";

import {
  type PlaywrightTestArgs,
  type PlaywrightTestOptions,
  type PlaywrightWorkerArgs,
  type PlaywrightWorkerOptions,
  type TestType,
  test as base,
} from "@playwright/test";

import type { Clock } from "../client/resources.js";
import type { Sandbox, ScenarioSource } from "../client/sandbox.js";
import type { Simulator } from "../client/simulator.js";
import { collectCoverage } from "../coverage-file.js";
import { journalSection } from "../failure-report.js";
import { JOURNAL_ENTRIES, type SharedServer, clientOf, sandboxFor, workerServer } from "../fixtures.js";
import { VARIABLE } from "./setup.js";

export { expect } from "@playwright/test";

/** What a test can ask for, and what `test.use` or `use` in the configuration can say. */
export interface SimulatorFixtures {
  /**
   * What the sandbox of the fixture `simulator` is made from: the name of a scenario, a YAML or JSON
   * file (relative to the test's file, or else to the root directory), or a document.
   */
  scenario: ScenarioSource | undefined;
  /** How many of the newest journal entries the report of a failed test shows; 0 for none. */
  simulatorJournal: number;
  /**
   * A sandbox of its own for the test; its `url` is for the app under test.
   *
   * It is deleted after the test; if that fails, its journal is attached to the report.
   */
  simulator: Sandbox;
  /** The clock of the test's sandbox, which drives every expiry: `freeze`, `advance`, `set`, `reset`. */
  simulatorClock: Clock;
}

/** What all tests of a worker share. */
export interface SimulatorWorkerFixtures {
  /** The running simulator, which the global setup has started, or which PASS_SIMULATOR_URL names. */
  simulatorServer: Simulator;
}

/** Playwright's `test` with the fixtures of the simulator. */
export const test: TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & SimulatorFixtures,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions & SimulatorWorkerFixtures
> = base.extend<SimulatorFixtures, SimulatorWorkerFixtures>({
  scenario: [undefined, { option: true }],
  simulatorJournal: [JOURNAL_ENTRIES, { option: true }],
  simulatorServer: [
    async ({}, use) => {
      await using simulator = clientOf(sharedServer());
      await use(simulator);
    },
    { scope: "worker" },
  ],
  simulator: async ({ simulatorServer, scenario, simulatorJournal }, use, testInfo) => {
    const { title, titlePath, file, config, project } = testInfo;
    const folders = [dirname(file), config.rootDir];
    const test = { title, folders, runner: "playwright" };
    await using sandbox = await sandboxFor(test, simulatorServer, sharedServer(), scenario);
    await use(sandbox);
    if (testInfo.status !== testInfo.expectedStatus && simulatorJournal > 0) {
      const { title: name, text } = await journalSection(sandbox, simulatorJournal);
      await testInfo.attach(name, { body: text, contentType: "text/plain" });
    }
    const named = [...(project.name ? [`[${project.name}]`] : []), ...titlePath].join(" › ");
    await collectCoverage(sandbox, named, sharedServer().coverage);
  },
  simulatorClock: async ({ simulator }, use) => {
    await use(simulator.clock);
  },
});

function sharedServer(): SharedServer {
  const found = process.env[VARIABLE];
  return workerServer(
    found === undefined ? undefined : (JSON.parse(found) as SharedServer),
    "pass-simulator/playwright/setup",
  );
}
