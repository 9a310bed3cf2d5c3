/** The fixtures in whole runs of both runners: 20 tests on 4 workers, and what is shown of one that fails. */

import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Simulator, UnusableCoverage } from "pass-simulator";
import { shareSimulator } from "pass-simulator/playwright/setup";
import { expect, test } from "pass-simulator/vitest";

const RUNS = join(import.meta.dirname, "..", "runs");
const JOURNAL = /^[\d:.]+ register → 201\n[^]*profile_by_code → 200 from tv\n/;

interface Outcome {
  readonly status: string;
  /** What went wrong, and what is shown besides. */
  readonly message: string;
  readonly shown: string;
}

async function run(url: string | undefined, ...words: string[]): Promise<string> {
  return await runWith({ ...(url && { PASS_SIMULATOR_URL: url }) }, ...words);
}

async function runWith(variables: Record<string, string>, ...words: string[]): Promise<string> {
  const { PASS_SIMULATOR_URL: _, VITEST: __, ...inherited } = process.env;
  const env = { ...inherited, ...variables };
  return await new Promise((resolve) => {
    execFile("npx", words, { cwd: RUNS, env }, (_error, out, err) => resolve(out + err));
  });
}

async function readJson(name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(RUNS, name), "utf8")) as unknown;
}

async function ofVitest(): Promise<Map<string, Outcome>> {
  const report = (await readJson("vitest.json")) as {
    testResults: { assertionResults: { title: string; status: string; failureMessages: string[] }[] }[];
  };
  const all = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  return new Map(
    all.map(({ title, status, failureMessages }, number) => [
      `${title} ${status === "passed" ? number : ""}`.trim(),
      { status, message: failureMessages.join("\n"), shown: "" },
    ]),
  );
}

interface Suite {
  suites?: Suite[];
  specs?: {
    title: string;
    tests: {
      results: {
        status: string;
        error?: { message: string };
        attachments: { name: string; body?: string }[];
      }[];
    }[];
  }[];
}

async function ofPlaywright(): Promise<Map<string, Outcome>> {
  const specs = (suite: Suite): NonNullable<Suite["specs"]> => [
    ...(suite.specs ?? []),
    ...(suite.suites ?? []).flatMap(specs),
  ];
  return new Map(
    specs((await readJson("playwright.json")) as Suite).map(({ title, tests }) => {
      const { status, error, attachments } = tests[0]!.results[0]!;
      const shown = attachments
        .filter(({ name }) => name.startsWith("pass-simulator journal of it-fails"))
        .map(({ body }) => Buffer.from(body ?? "", "base64").toString());
      return [title, { status, message: error?.message ?? "", shown: shown.join("\n") }];
    }),
  );
}

const runners = [
  { name: "vitest", words: ["vitest", "run"], outcomes: ofVitest },
  { name: "playwright", words: ["playwright", "test"], outcomes: ofPlaywright },
];

for (const { name, words, outcomes } of runners) {
  test(`${name}: 20 tests on 4 workers share a server, and nothing else`, async ({ simulatorServer }) => {
    await rm(join(RUNS, `${name}.seen`), { force: true });
    const variables = {
      PASS_SIMULATOR_URL: simulatorServer.url,
      PASS_SIMULATOR_COVERAGE: `coverage/${name}.json`,
    };
    const printed = await runWith(variables, ...words);
    const lines = (await readFile(join(RUNS, `${name}.seen`), "utf8")).trim().split("\n");
    const [workers, urls, sandboxes] = [0, 1, 2].map(
      (column) => new Set(lines.map((line) => line.split(" ")[column]!)),
    ) as [Set<string>, Set<string>, Set<string>];
    expect([lines.length, sandboxes.size, [...urls]], printed).toEqual([20, 20, [simulatorServer.url]]);
    expect(workers.size).toBeGreaterThan(1);
    const left = (await simulatorServer.sandboxes()).filter(({ id }) => sandboxes.has(id));
    expect(left).toEqual([]);

    const found = [...(await outcomes())];
    expect(found.filter(([, { status }]) => status === "passed").length).toBe(21);
    const failed = new Map(found.filter(([, { status }]) => status === "failed"));
    expect(failed.size).toBe(2);
    const { message, shown } = failed.get("it fails, and shows its journal")!;
    expect(message).toContain("expected exactly 1 with operation='logout', rule='L9', found 0\n  req-");
    if (name === "playwright") {
      expect(shown).toMatch(JOURNAL);
    }
    expect(failed.get("it cannot be made")!.message).toMatch(
      name === "playwright"
        ? /the sandbox of it cannot be made cannot be made: There is no scenario 'dmo'.*\n.*'demo'/
        : /the sandbox of it cannot be made cannot be made: there is no file .*nowhere.yaml/,
    );
    await checkCoverage(name, simulatorServer);
  });
}

/** What `coverage/{name}.json` says of those tests, and whether the simulator's own verb takes it. */
async function checkCoverage(name: string, server: Simulator): Promise<void> {
  const { axes, runs, ...head } = (await readJson(`coverage/${name}.json`)) as CoverageFile;
  expect(head).toEqual({ format: "pass-simulator-coverage", version: 1 });
  expect(runs).toEqual([expect.stringMatching(/^[\da-f]{32}$/)]);
  await using sandbox = await server.createSandbox();
  const known = (await sandbox.coverage()).axes.map(({ axis, cells }) => [
    axis,
    cells.map((cell) => cell.name).sort(),
  ]);
  expect(Object.entries(axes).map(([axis, cells]) => [axis, Object.keys(cells).sort()])).toEqual(known);
  const { tests, ...counts } = axes["operations"]!["create_session"]!;
  // 20, one that fails, and one in a world from a file.
  expect(counts).toMatchObject({ met: 22, forced: 0 });
  expect(Object.values(counts.outcomes).reduce((sum, each) => sum + each)).toBe(22);
  expect([...new Set(tests)].sort()).toEqual(tests);
  expect(tests.length).toBe(22);
  expect(tests).toContain(
    name === "playwright"
      ? "report.spec.ts › a file › a world from a file"
      : "vitest/report.spec.ts > a file > a world from a file",
  );
  expect(axes["logout"]!["L5"]).toMatchObject({ met: 0, tests: [] });
  const merge = ["coverage", "merge", `coverage/${name}.json`, "--output", `coverage/merged-${name}.json`];
  const printed = await new Promise<string>((resolve) => {
    const words = [...merge, "--require", "operations:create_session", "--require", "logout:L5"];
    execFile("pass-simulator", words, { cwd: RUNS }, (error, out, err) => {
      resolve(`${out}${err}status ${error?.code ?? 0}`);
    });
  });
  expect(printed).toMatch(/Not met: logout:L5.*\nstatus 1$/);
  expect(((await readJson(`coverage/merged-${name}.json`)) as CoverageFile).axes).toEqual(axes);
}

interface CoverageFile {
  readonly format: string;
  readonly version: number;
  readonly runs: string[];
  readonly axes: Record<
    string,
    Record<string, { met: number; forced: number; outcomes: Record<string, number>; tests: string[] }>
  >;
}

test("vitest: projects, each with a setup of its own, write one file", async ({ simulatorServer }) => {
  const variables = {
    PASS_SIMULATOR_URL: simulatorServer.url,
    PASS_SIMULATOR_COVERAGE: "coverage/projects.json",
  };
  const printed = await runWith(variables, ...["vitest", "run", "--config", "projects.config.ts"]);
  const { axes } = (await readJson("coverage/projects.json")) as CoverageFile;
  expect(axes["operations"]!["create_session"]!.met, printed).toBe(10);
});

test("what workers leave of coverage is one file, and nothing if it is cut off", async ({ simulatorServer }) => {
  const folder = await mkdtemp(join(tmpdir(), "coverage-"));
  const coverage = join(folder, "more", "coverage.json");
  const setup = shareSimulator({ url: simulatorServer.url, coverage });
  const cell = { met: 1, forced: 0, outcomes: { well: 1, looped: 0, stopped: 0, gave_up: 0, open: 0 } };
  const axes = (verdict: string, ...tests: string[]): string =>
    JSON.stringify({ conduct: { R1: { ...cell, tests, verdict } } });
  const end = await setup();
  const second = await setup();
  const { coverage: parts } = JSON.parse(process.env["PASS_SIMULATOR_SHARED"]!) as { coverage: string };
  await writeFile(join(parts, "1.json"), axes("broken", "b", "a"));
  await writeFile(join(parts, "2.json"), axes("kept", "c", "a"));
  await writeFile(join(parts, ".3.json.17"), "{");
  await end();
  expect(await readdir(folder)).toEqual([]);
  await second();
  const { axes: found } = JSON.parse(await readFile(coverage, "utf8")) as CoverageFile;
  const outcomes = { ...cell.outcomes, well: 2 };
  expect(found).toEqual({
    conduct: { R1: { met: 2, forced: 0, outcomes, tests: ["a", "b", "c"], verdict: "broken" } },
  });

  const broken = await setup();
  const shared = JSON.parse(process.env["PASS_SIMULATOR_SHARED"]!) as { coverage: string };
  await writeFile(join(shared.coverage, "1.json"), '{"conduct":');
  const error = await broken().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UnusableCoverage);
  expect((error as UnusableCoverage).message).toContain("1.json is cut off, or no JSON");
  // What was written before stays.
  expect((JSON.parse(await readFile(coverage, "utf8")) as CoverageFile).axes).toEqual(found);
  await expect(readdir(shared.coverage)).rejects.toThrow("ENOENT");
});

test("vitest: a test that fails is annotated with its journal", async ({ simulatorServer }) => {
  const printed = await run(
    simulatorServer.url,
    ...["vitest", "run", "report", "-t", "it fails", "--reporter=default", "--no-color"],
  );
  const [, journal = ""] = printed.split(/pass-simulator journal of it-fails-and-shows-its-journal-\w+\n/);
  expect(journal, printed).toMatch(JOURNAL);
});

test("a worker without a server says how to get one", async () => {
  const words = ["vitest", "run", "report", "-t", "it fails", "--config", "bare.config.ts"];
  expect(await run(undefined, ...words)).toContain(
    'no simulator is shared by the workers: set globalSetup to "pass-simulator/vitest/setup"',
  );
  const named = { PASS_SIMULATOR_URL: "http://127.0.0.1:1", PASS_SIMULATOR_COVERAGE: "coverage.json" };
  expect(await runWith(named, ...words)).toContain(
    'PASS_SIMULATOR_COVERAGE is written by the global setup: set globalSetup to "pass-simulator/vitest/setup"',
  );
});
