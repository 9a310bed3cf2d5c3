/** A global setup for Vitest: one simulator for all workers, stopped when the run is over. */

import type { TestProject } from "vitest/node";

import type { ScenarioDocument } from "../client/sandbox.js";
import { type ShareOptions, type SharedServer, share } from "../fixtures.js";

declare module "vitest" {
  interface ProvidedContext {
    passSimulator: SharedServer;
    /** For all tests that say nothing: `provide: { scenario: "my-lab" }` in the configuration. */
    scenario: ScenarioDocument | string;
    simulatorJournal: number;
  }
}

/**
 * A global setup that starts a simulator, or uses the one that PASS_SIMULATOR_URL names.
 *
 * `export default shareSimulator({ arguments: ["--scenarios", "lab"] })` in a file of one's own; what
 * this module exports by default says nothing of the kind. With `coverage`, or PASS_SIMULATOR_COVERAGE, it
 * writes what the tests showed their apps into that file when the run is over.
 */
export function shareSimulator(
  options: ShareOptions = {},
): (project: TestProject) => Promise<() => Promise<void>> {
  return async (project) => {
    const { shared, end } = await share(options);
    project.provide("passSimulator", shared);
    return end;
  };
}

const setup: (project: TestProject) => Promise<() => Promise<void>> = shareSimulator();
export default setup;
