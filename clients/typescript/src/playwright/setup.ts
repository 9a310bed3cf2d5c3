/** A global setup for Playwright Test: one simulator for all workers, stopped when the run is over. */

import { type ShareOptions, share } from "../fixtures.js";

/** What tells the workers where it is: they inherit the environment. */
export const VARIABLE = "PASS_SIMULATOR_SHARED";

/**
 * A global setup that starts a simulator, or uses the one that PASS_SIMULATOR_URL names.
 *
 * `export default shareSimulator({ arguments: ["--scenarios", "lab"] })` in a file of one's own; what
 * this module exports by default says nothing of the kind. With `coverage`, or PASS_SIMULATOR_COVERAGE, it
 * writes what the tests showed their apps into that file when the run is over.
 */
export function shareSimulator(options: ShareOptions = {}): () => Promise<() => Promise<void>> {
  return async () => {
    const { shared, end } = await share(options);
    process.env[VARIABLE] = JSON.stringify(shared);
    return async () => {
      delete process.env[VARIABLE];
      await end();
    };
  };
}

const setup: () => Promise<() => Promise<void>> = shareSimulator();
export default setup;
