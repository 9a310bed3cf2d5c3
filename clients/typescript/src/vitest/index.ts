/** Fixtures for Vitest: a sandbox for each test, on a simulator that all workers share. */

import { dirname } from "node:path";

import { type TestAPI, type TestContext, test as base, inject } from "vitest";

import type { Clock } from "../client/resources.js";
import type { Sandbox, ScenarioSource } from "../client/sandbox.js";
import type { Simulator } from "../client/simulator.js";
import { collectCoverage } from "../coverage-file.js";
import { journalSection } from "../failure-report.js";
import { JOURNAL_ENTRIES, type SharedServer, clientOf, sandboxFor, workerServer } from "../fixtures.js";
import type {} from "./setup.js";

export { expect } from "vitest";

/** What a test can ask for, and what `test.override` can say of its suite. */
export interface SimulatorFixtures {
  /**
   * What the sandbox of the fixture `simulator` is made from: the name of a scenario, a YAML or JSON
   * file (relative to the test's file, or else to the working directory), or a document.
   */
  scenario: ScenarioSource | undefined;
  /** How many of the newest journal entries the report of a failed test shows; 0 for none. */
  simulatorJournal: number;
  /** The running simulator, which the global setup has started, or which PASS_SIMULATOR_URL names. */
  simulatorServer: Simulator;
  /**
   * A sandbox of its own for the test; its `url` is for the app under test.
   *
   * It is deleted after the test; if that fails, the test is annotated with its journal.
   */
  simulator: Sandbox;
  /** The clock of the test's sandbox, which drives every expiry: `freeze`, `advance`, `set`, `reset`. */
  simulatorClock: Clock;
}

/** Vitest's `test` with the fixtures of the simulator. */
export const test: TestAPI<SimulatorFixtures> = base.extend<SimulatorFixtures>({
  scenario: [
    async ({}, use) => {
      await use(undefined);
    },
    { injected: true },
  ],
  simulatorJournal: [JOURNAL_ENTRIES, { injected: true }],
  simulatorServer: async ({}, use) => {
    await using simulator = clientOf(sharedServer());
    await use(simulator);
  },
  simulator: async ({ simulatorServer, scenario, simulatorJournal, task, annotate }, use) => {
    const folders = [dirname(task.file.filepath), process.cwd()];
    const test = { title: task.name, folders, runner: "vitest" };
    await using sandbox = await sandboxFor(test, simulatorServer, sharedServer(), scenario);
    await use(sandbox);
    if (task.result?.state === "fail" && simulatorJournal > 0) {
      const { title, text } = await journalSection(sandbox, simulatorJournal);
      await annotateFailed(task, annotate, `${title}\n${text}`);
    }
    await collectCoverage(sandbox, task.fullName, sharedServer().coverage);
  },
  simulatorClock: async ({ simulator }, use) => {
    await use(simulator.clock);
  },
});

/** Vitest takes annotations only of a test that runs, and tells that one failed only when it has run. */
async function annotateFailed(
  task: TestContext["task"],
  annotate: TestContext["annotate"],
  message: string,
): Promise<void> {
  const { result } = task;
  if (result !== undefined) {
    result.state = "run";
    try {
      await annotate(message, "pass-simulator");
    } finally {
      result.state = "fail";
    }
  }
}

function sharedServer(): SharedServer {
  return workerServer(inject("passSimulator"), "pass-simulator/vitest/setup");
}
