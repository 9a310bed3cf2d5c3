/**
 * The file in which a test run keeps what its apps were shown, as pytest writes it for
 * `--pass-simulator-coverage`.
 *
 * Each worker keeps what its tests met in a file of its own, in a folder that the global setup made; that
 * makes one of them when the run is over. `pass-simulator coverage merge` takes it from there.
 */

import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";

import type { Schemas } from "./admin-schemas.js";
import type { Sandbox } from "./client/sandbox.js";
import { AdminError, UnusableCoverage } from "./errors.js";

/** Names the file for runs that do not say so in their global setup. */
export const COVERAGE = "PASS_SIMULATOR_COVERAGE";

const COLLECTORS = Symbol.for("pass-simulator.coverage");
const FORMAT = "pass-simulator-coverage";
const VERSION = 1;
const OUTCOMES = ["well", "looped", "stopped", "gave_up", "open"] as const;
// The worse of two verdicts counts.
const VERDICTS = ["not seen", "kept", "broken"];

interface Cell {
  readonly forced: number;
  readonly met: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly tests: readonly string[];
  readonly verdict?: string;
}

type Axes = Record<string, Record<string, Cell>>;

/** What the tests of this worker met, by the folder that it is for, and the name of the worker's file. */
const kept = new Map<string, Axes>();
const part = `${process.pid}-${randomBytes(8).toString("hex")}.json`;

/** Take what the test's apps were shown, where there is a folder for it. */
export async function collectCoverage(
  sandbox: Sandbox,
  test: string,
  folder: string | undefined,
): Promise<void> {
  if (folder === undefined) {
    return;
  }
  const met = kept.get(folder) ?? {};
  kept.set(folder, met);
  try {
    add(met, ofReport((await sandbox.coverage()).raw, test));
  } catch (error) {
    // The test may have deleted it itself.
    if (!(error instanceof AdminError && error.code === "sandbox_not_found")) {
      throw error;
    }
  }
  // After each test, since nothing says that it was a worker's last.
  write(join(folder, part), JSON.stringify(met));
}

/** Those of the process by file: Vitest may load this module once for each of its projects. */
const collectors = ((globalThis as { [COLLECTORS]?: Map<string, CoverageCollector> })[COLLECTORS] ??=
  new Map<string, CoverageCollector>());

/** What collects for the run, if anything; the variable is for those that say nothing. */
export function collectorFor(path: string | undefined): CoverageCollector | undefined {
  const named = path ?? process.env[COVERAGE];
  if (!named) {
    return undefined;
  }
  // From where the run was started, wherever it has gone when it ends.
  const whole = resolve(named);
  const collector = collectors.get(whole) ?? new CoverageCollector(whole);
  collectors.set(whole, collector);
  collector.users += 1;
  return collector;
}

/** Collects during a run, and writes the file at its end. */
class CoverageCollector {
  readonly #path: string;
  /** Where the workers put what they have. */
  readonly folder: string;
  /** How many setups have it: Vitest runs one for each of its projects, and they have one file. */
  users = 0;

  constructor(path: string) {
    this.#path = path;
    this.folder = mkdtempSync(join(tmpdir(), "pass-simulator-coverage-"));
  }

  /** The last of its users writes. Throws `UnusableCoverage` where what a worker has left is none. */
  end(): void {
    this.users -= 1;
    if (this.users > 0) {
      return;
    }
    collectors.delete(this.#path);
    try {
      const axes: Axes = {};
      // Not those that a worker was about to write when it was killed.
      const parts = readdirSync(this.folder).filter((name) => !name.startsWith("."));
      for (const name of parts.sort()) {
        add(axes, read(join(this.folder, name)));
      }
      const runs = [randomBytes(16).toString("hex")];
      const document = { format: FORMAT, version: VERSION, runs, axes };
      mkdirSync(dirname(this.#path), { recursive: true });
      write(this.#path, `${JSON.stringify(document, null, 1)}\n`);
    } finally {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }
}

function read(path: string): Axes {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Axes;
  } catch (error) {
    throw new UnusableCoverage(
      `${path} is cut off, or no JSON: ${(error as Error).message}.`,
      "Let the test run write it anew.",
      { cause: error },
    );
  }
}

/** All of it or nothing. */
function write(path: string, text: string): void {
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}`);
  writeFileSync(beside, text);
  renameSync(beside, path);
}

/** Add the cells of `more` to those of `axes`. */
function add(axes: Axes, more: Axes): void {
  for (const [axis, cells] of Object.entries(more)) {
    const known = (axes[axis] ??= {});
    for (const [name, cell] of Object.entries(cells)) {
      known[name] = sum(known[name], cell);
    }
  }
}

function sum(one: Cell | undefined, other: Cell): Cell {
  if (one === undefined) {
    return other;
  }
  const outcomes = OUTCOMES.map((name) => [name, one.outcomes[name]! + other.outcomes[name]!]);
  const verdicts = [one.verdict, other.verdict].filter((each) => each !== undefined);
  const verdict = verdicts.sort((a, b) => VERDICTS.indexOf(b) - VERDICTS.indexOf(a))[0];
  return {
    forced: one.forced + other.forced,
    met: one.met + other.met,
    outcomes: Object.fromEntries(outcomes) as Record<string, number>,
    tests: [...new Set([...one.tests, ...other.tests])].sort(),
    ...(verdict !== undefined && { verdict }),
  };
}

/** The cells of a sandbox's coverage, as those that a test met. */
function ofReport(report: Schemas["CoverageReport"], test: string): Axes {
  const cellOf = ({ forced, met: times, outcomes, verdict }: Schemas["CoverageCell"]): Cell => ({
    forced,
    met: times,
    outcomes: Object.fromEntries(OUTCOMES.map((name) => [name, outcomes[name]])),
    tests: times > 0 ? [test] : [],
    ...(verdict && { verdict }),
  });
  return Object.fromEntries(
    report.axes.map(({ axis, cells }) => [
      axis,
      Object.fromEntries(cells.map((cell) => [cell.name, cellOf(cell)])),
    ]),
  );
}
