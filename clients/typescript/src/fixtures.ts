/** What the fixtures of both test runners have in common: a server for all workers, a sandbox for each test. */

import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { resolve } from "node:path";

import { type Sandbox, type ScenarioSource, isFile, pathOf } from "./client/sandbox.js";
import { Simulator } from "./client/simulator.js";
import { COVERAGE, collectorFor } from "./coverage-file.js";
import { AdminError, SimulatorError } from "./errors.js";
import { type Server, type StartOptions, startServer } from "./server.js";

/** How many of the newest journal entries the report of a failed test shows. */
export const JOURNAL_ENTRIES = 20;

const NO_LABEL = /[^a-z0-9]+/g;
// A sandbox's name has to do as a label of a host name, which has 63 characters at most.
const LONGEST = 48;

/** Which simulator is shared, and where to write what the tests showed their apps. */
export interface ShareOptions extends StartOptions {
  /**
   * The file for the coverage of the run, from the working directory; PASS_SIMULATOR_COVERAGE if nothing
   * is said, and none is written without either.
   */
  coverage?: string | undefined;
}

/** What a worker has to know of the server that all of them share. */
export interface SharedServer extends Pick<Server, "url" | "adminToken" | "cafile" | "started"> {
  /** The folder for what its tests showed their apps. */
  readonly coverage?: string | undefined;
}

/** What a worker has to know, and what is to be done when the run is over. */
export async function share(
  options: ShareOptions,
): Promise<{ shared: SharedServer; end: () => Promise<void> }> {
  const { coverage: path, ...rest } = options;
  const server = await startServer(rest);
  const { url, adminToken, cafile, started } = server;
  const collector = collectorFor(path);
  const end = async (): Promise<void> => {
    try {
      collector?.end();
    } finally {
      await server.stop();
    }
  };
  return { shared: { url, adminToken, cafile, started, coverage: collector?.folder }, end };
}

/** The server that the global setup shares, else the one that PASS_SIMULATOR_URL names. */
export function workerServer(found: SharedServer | undefined, setup: string): SharedServer {
  const { PASS_SIMULATOR_URL: url, PASS_SIMULATOR_ADMIN_TOKEN: adminToken } = process.env;
  if (found === undefined && !url) {
    throw new SimulatorError(
      `no simulator is shared by the workers: set globalSetup to "${setup}" in the configuration, ` +
        "or name one that is running by PASS_SIMULATOR_URL",
    );
  }
  if (found === undefined && process.env[COVERAGE]) {
    throw new SimulatorError(
      `${COVERAGE} is written by the global setup: set globalSetup to "${setup}" in the configuration`,
    );
  }
  return found ?? { url: url!, adminToken: adminToken || undefined, cafile: undefined, started: false };
}

/** A client of the server. */
export function clientOf(server: SharedServer): Simulator {
  return new Simulator(server.url, { adminToken: server.adminToken, cafile: server.cafile });
}

/** A test that a sandbox is made for; `folders` are where a scenario's file may be. */
export interface TestAtHand {
  readonly title: string;
  readonly folders: readonly string[];
  readonly runner: string;
}

/** A sandbox for a test. Throws `SimulatorError`, which names the test. */
export async function sandboxFor(
  test: TestAtHand,
  simulator: Simulator,
  server: SharedServer,
  scenario: ScenarioSource | undefined,
): Promise<Sandbox> {
  let sandbox: Sandbox | undefined;
  try {
    const content = scenario === undefined || isName(scenario) ? undefined : located(scenario, test);
    sandbox = await simulator.createSandbox(sandboxName(test.title), {
      scenario: isName(scenario) ? scenario : undefined,
      // On a server that others use, too, the sandbox of a test run that was killed goes by itself.
      lease: server.started ? undefined : [test.runner, "PT6H"],
    });
    if (content !== undefined) {
      await sandbox.seed(content);
    }
    return sandbox;
  } catch (error) {
    await sandbox?.[Symbol.asyncDispose]();
    const problem = error instanceof AdminError ? error.message : (error as Error).message;
    throw new SimulatorError(`the sandbox of ${test.title} cannot be made: ${problem}`);
  }
}

/** A name for the sandbox of a test that nobody else has, on whichever server. */
export function sandboxName(title: string): string {
  const dashed = title.toLowerCase().replace(NO_LABEL, "-").replace(/^-+|-+$/g, "");
  const label = dashed.slice(0, LONGEST).replace(/-+$/, "") || "test";
  return `${label}-${randomBytes(5).toString("hex")}`;
}

function isName(scenario: ScenarioSource | undefined): scenario is string {
  return typeof scenario === "string" && !isFile(scenario);
}

function located(scenario: ScenarioSource, test: TestAtHand): ScenarioSource {
  if (!isFile(scenario)) {
    return scenario;
  }
  const places = [...new Set(test.folders.map((folder) => resolve(folder, pathOf(scenario))))];
  const place = places.find((each) => existsSync(each));
  if (place === undefined) {
    throw new SimulatorError(`there is no file ${places.join(" or ")}`);
  }
  return place;
}
