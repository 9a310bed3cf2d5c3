/** A global setup for Vitest: one simulator for all workers, stopped when the run is over. */

import type { TestProject } from "vitest/node";

import type { ScenarioDocument } from "../client/sandbox.js";
import { type SharedServer, shared } from "../fixtures.js";
import { type StartOptions, startServer } from "../server.js";

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
 * this module exports by default says nothing of the kind.
 */
export function shareSimulator(
  options: StartOptions = {},
): (project: TestProject) => Promise<() => Promise<void>> {
  return async (project) => {
    const server = await startServer(options);
    project.provide("passSimulator", shared(server));
    return async () => {
      await server.stop();
    };
  };
}

const setup: (project: TestProject) => Promise<() => Promise<void>> = shareSimulator();
export default setup;
