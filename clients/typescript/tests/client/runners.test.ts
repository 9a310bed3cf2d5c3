/** The fixtures in whole runs of both runners: 20 tests on 4 workers, and what is shown of one that fails. */

import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";

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
  const { PASS_SIMULATOR_URL: _, VITEST: __, ...inherited } = process.env;
  const env = { ...inherited, ...(url && { PASS_SIMULATOR_URL: url }) };
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
    const printed = await run(simulatorServer.url, ...words);
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
  });
}

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
});
