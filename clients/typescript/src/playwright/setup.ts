/** A global setup for Playwright Test: one simulator for all workers, stopped when the run is over. */

import { shared } from "../fixtures.js";
import { type StartOptions, startServer } from "../server.js";

/** What tells the workers where it is: they inherit the environment. */
export const VARIABLE = "PASS_SIMULATOR_SHARED";

/**
 * A global setup that starts a simulator, or uses the one that PASS_SIMULATOR_URL names.
 *
 * `export default shareSimulator({ arguments: ["--scenarios", "lab"] })` in a file of one's own; what
 * this module exports by default says nothing of the kind.
 */
export function shareSimulator(options: StartOptions = {}): () => Promise<() => Promise<void>> {
  return async () => {
    const server = await startServer(options);
    process.env[VARIABLE] = JSON.stringify(shared(server));
    return async () => {
      delete process.env[VARIABLE];
      await server.stop();
    };
  };
}

const setup: () => Promise<() => Promise<void>> = shareSimulator();
export default setup;
