/** Starting a simulator: what is found, what is not, and that it never outlives who started it. */

import { spawn } from "node:child_process";
import { chmod, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { NoResponse, Simulator, startSimulator } from "pass-simulator";
import { test as shared } from "pass-simulator/vitest";
import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.unstubAllEnvs();
});

async function refuses(url: string): Promise<boolean> {
  return await new Simulator(url).version().then(
    () => false,
    (error: unknown) => error instanceof NoResponse,
  );
}

test("where nothing runs one, what to do is said", async () => {
  vi.stubEnv("PATH", await mkdtemp(join(tmpdir(), "empty-")));
  await expect(startSimulator()).rejects.toThrow(
    /^there is no pass-simulator on the PATH, and neither uvx nor pipx .* `pip install pass-simulator`/,
  );
  await expect(startSimulator({ image: "pass-simulator" })).rejects.toThrow(
    "there is neither docker nor podman on the PATH to run the image pass-simulator",
  );
});

test("one that does not start says why", async () => {
  await expect(startSimulator({ arguments: ["--prot", "1"] })).rejects.toThrow(
    /^pass-simulator did not start \(status 2, within 60 s\):\n[^]*--prot/,
  );
  await expect(startSimulator({ command: ["/nowhere/at-all"] })).rejects.toThrow("cannot be run");
});

test("uvx and an image are called as they have to be", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fake-"));
  // It stands for whichever it is called as, and starts the simulator that is installed here.
  const script = `#!/bin/sh
echo "$0 $*" >>"${folder}/calls"
while [ "$#" -gt 0 ] && [ "$1" != pass-simulator ]; do shift; done
shift
[ "$#" = 0 ] && set -- serve
PATH="${process.env["PATH"]}" exec pass-simulator "$@"
`;
  for (const name of ["uvx", "podman"]) {
    await writeFile(join(folder, name), script);
    await chmod(join(folder, name), 0o755);
  }
  vi.stubEnv("PATH", [folder, "/bin"].join(delimiter));
  // What a shell sets for another is not meant for this one.
  vi.stubEnv("PASS_SIMULATOR_ADMIN_TOKEN", "not this one");
  await using fetched = await startSimulator();
  expect((await fetched.createSandbox()).url).toContain(fetched.url);
  await using contained = await startSimulator({ image: "pass-simulator" });
  expect((await contained.createSandbox()).url).toContain(contained.url);
  const calls = await readFile(join(folder, "calls"), "utf8");
  expect(calls).toMatch(/uvx --from pass-simulator==\S+ pass-simulator serve --host 127.0.0.1 --port 0/);
  expect(calls).toMatch(/podman run --rm --publish 127.0.0.1:(\d+):\1 .*--env PASS_SIMULATOR_ADMIN_TOKEN.* pass-simulator\n/);
  const { url } = contained;
  for (const adminToken of [undefined, "not this"]) {
    const outsider = new Simulator(url, { adminToken });
    await expect(outsider.createSandbox()).rejects.toThrow("(401 unauthorized)");
  }
  await contained.close();
  expect(await refuses(url)).toBe(true);
});

test("it ends with who started it, however that ends", async () => {
  const program = `
    import { startSimulator } from "pass-simulator";
    const simulator = await startSimulator();
    console.log(simulator.url);
    if (process.argv[1] === "wait") setInterval(() => {}, 1000);
  `;
  async function run(how: "wait" | "go"): Promise<void> {
    const child = spawn(process.execPath, ["--input-type=module", "-e", program, how], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    const url = await new Promise<string>((resolve) => {
      child.stdout.once("data", (piece: Buffer) => resolve(piece.toString().trim()));
    });
    if (how === "wait") {
      expect(await refuses(url)).toBe(false);
      child.kill("SIGKILL");
    }
    await ended;
    await vi.waitFor(async () => expect(await refuses(url)).toBe(true), { timeout: 15_000 });
  }
  await Promise.all([run("wait"), run("go")]);
});

shared("one that is named is left running", async ({ simulatorServer }) => {
  vi.stubEnv("PASS_SIMULATOR_URL", ` ${simulatorServer.url}/ `);
  const named = await startSimulator();
  expect(named.url).toBe(simulatorServer.url);
  await named.close();
  expect(await refuses(simulatorServer.url)).toBe(false);
});
