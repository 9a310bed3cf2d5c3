/** A simulator in a process of its own, for as long as tests need it. */

import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { accessSync, constants } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { Simulator, type SimulatorOptions } from "./client/simulator.js";
import { SimulatorError } from "./errors.js";
import { VERSION } from "./version.js";

const READY_LINE = "pass-simulator ready on ";
const LOG_TAIL = 2_000;
const START_TIMEOUT = 60;
const NAMED = "It was named by `url` or PASS_SIMULATOR_URL; without them a simulator is started.";

/** Which simulator, and how it is started where none is named. */
export interface StartOptions extends SimulatorOptions {
  /** A running simulator to use instead of starting one; PASS_SIMULATOR_URL if nothing is said. */
  url?: string | undefined;
  /** What runs `pass-simulator`: that of the PATH if nothing is said, else uvx or pipx fetches it. */
  command?: readonly string[] | undefined;
  /** The image to run instead, with docker or podman. */
  image?: string | undefined;
  /** More flags of `pass-simulator serve`, such as `["--scenarios", "lab"]`. */
  arguments?: readonly string[] | undefined;
  /** Seconds that it may take to start, or to answer if it runs already; 60 if nothing is said. */
  startTimeout?: number | undefined;
}

/** A simulator that answers, and how to be done with it. */
export interface Server {
  readonly url: string;
  readonly adminToken: string | undefined;
  readonly cafile: string | undefined;
  /** Whether it was started here, so that nobody else uses it. */
  readonly started: boolean;
  stop(): Promise<void>;
}

/**
 * A simulator with a database in memory, on a free port of this machine; `close` stops it.
 *
 * With `url` or PASS_SIMULATOR_URL, the one that runs there is used, and `close` leaves it running.
 * Throws `SimulatorError` when it cannot be found or does not start.
 */
export async function startSimulator(options: StartOptions = {}): Promise<Simulator> {
  const server = await startServer(options);
  const { adminToken, cafile } = server;
  return new StartedSimulator(server, { ...options, adminToken, cafile });
}

class StartedSimulator extends Simulator {
  readonly #server: Server;

  constructor(server: Server, options: SimulatorOptions) {
    super(server.url, options);
    this.#server = server;
  }

  override async close(): Promise<void> {
    await super.close();
    await this.#server.stop();
  }
}

/** As `startSimulator`, for those who hand the url on to other processes. */
export async function startServer(options: StartOptions = {}): Promise<Server> {
  const url = options.url ?? (process.env["PASS_SIMULATOR_URL"] || undefined);
  const { startTimeout = START_TIMEOUT, cafile } = options;
  if (url === undefined) {
    return await run(await commandFor(options), startTimeout);
  }
  const adminToken =
    options.adminToken ?? (process.env["PASS_SIMULATOR_ADMIN_TOKEN"] || undefined);
  const simulator = new Simulator(url, { ...options, adminToken });
  try {
    await simulator.waitUntilReady(startTimeout);
  } catch (error) {
    const named = error instanceof SimulatorError;
    throw named ? new SimulatorError(`${error.message}\n${NAMED}`, { cause: error }) : error;
  } finally {
    await simulator.close();
  }
  return { url: simulator.url, adminToken, cafile, started: false, stop: async () => {} };
}

interface Command {
  readonly words: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly adminToken?: string;
  /** Where it is, for those who start what cannot know it. */
  readonly url?: string;
}

async function commandFor(options: StartOptions): Promise<Command> {
  const { image, command, arguments: more = [] } = options;
  if (image !== undefined) {
    return await containerOf(image, more);
  }
  const flags = ["serve", "--host", "127.0.0.1", "--port", "0", "--db", ":memory:", ...more];
  return { words: [...(command ?? found()), ...flags] };
}

function found(): readonly string[] {
  const fetched = `pass-simulator==${VERSION}`;
  const ways = [
    ["pass-simulator"],
    ["uvx", "--from", fetched, "pass-simulator"],
    ["pipx", "run", "--spec", fetched, "pass-simulator"],
  ];
  const way = ways.find(([program]) => isOnPath(program!));
  if (way === undefined) {
    throw new SimulatorError(
      "there is no pass-simulator on the PATH, and neither uvx nor pipx to fetch it: install it with " +
        "`pip install pass-simulator`, say what runs it by `command` or `image`, or name one that " +
        "is running by PASS_SIMULATOR_URL",
    );
  }
  return way;
}

async function containerOf(image: string, more: readonly string[]): Promise<Command> {
  const engine = ["docker", "podman"].find(isOnPath);
  if (engine === undefined) {
    throw new SimulatorError(
      `there is neither docker nor podman on the PATH to run the image ${image}: ` +
        "leave `image` out, or name a simulator that is running by PASS_SIMULATOR_URL",
    );
  }
  // The same outside and inside, for the simulator puts its address into what it answers.
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const adminToken = randomBytes(16).toString("hex");
  const settings = { HOST: "0.0.0.0", PORT: port, URL: url, DB: ":memory:", ADMIN_TOKEN: adminToken };
  const variables = Object.entries(settings).map(([name, value]) => [
    `PASS_SIMULATOR_${name}`,
    String(value),
  ]);
  const flags = variables.flatMap(([name]) => ["--env", name!]);
  return {
    words: [
      ...[engine, "run", "--rm", "--publish", `127.0.0.1:${port}:${port}`, ...flags, image],
      ...(more.length > 0 ? ["serve", ...more] : []),
    ],
    environment: Object.fromEntries(variables) as Record<string, string>,
    adminToken,
    url,
  };
}

async function run(command: Command, timeout: number): Promise<Server> {
  const script = fileURLToPath(new URL("child-process.js", import.meta.url));
  // What a shell sets for a simulator that is run by hand is not meant for this one.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith("PASS_SIMULATOR_"),
  );
  const child = spawn(process.execPath, [script, ...command.words], {
    env: { ...Object.fromEntries(inherited), ...command.environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const stop = async (): Promise<void> => {
    const ended = child.exitCode !== null || child.signalCode !== null;
    child.stdin.end();
    if (!ended) {
      child.ref();
      await new Promise((resolve) => child.once("exit", resolve));
    }
  };
  const printed = await readUrl(child, timeout, stop);
  // A program that forgets to stop it ends all the same, and it with the program.
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) {
    (stream as unknown as { unref(): void }).unref();
  }
  const { adminToken } = command;
  return { url: command.url ?? printed, adminToken, cafile: undefined, started: true, stop };
}

/** The url in the first line of its output. */
async function readUrl(
  child: ChildProcess,
  timeout: number,
  stop: () => Promise<void>,
): Promise<string> {
  let logged = "";
  child.stderr!.on("data", (piece: Buffer) => {
    logged = (logged + piece.toString()).slice(-LOG_TAIL);
  });
  const output = createInterface({ input: child.stdout! });
  const line = await new Promise<string>((resolve) => {
    const late = setTimeout(() => resolve(""), 1000 * timeout);
    const done = (first: string): void => {
      clearTimeout(late);
      resolve(first);
    };
    // Lines that come later are read, and nobody wants them.
    output.on("line", done);
    child.once("close", () => done(""));
  });
  if (line.startsWith(READY_LINE)) {
    return line.slice(READY_LINE.length).trim();
  }
  await stop();
  const status = child.exitCode ?? child.signalCode;
  throw new SimulatorError(
    `pass-simulator did not start (status ${status}, within ${timeout} s):\n${logged.trim()}`,
  );
}

function isOnPath(program: string): boolean {
  const endings = process.platform === "win32" ? [".exe", ".cmd", ".bat"] : [""];
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter(Boolean);
  return folders.some((folder) =>
    endings.some((ending) => {
      try {
        accessSync(join(folder, program + ending), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    }),
  );
}

async function freePort(): Promise<number> {
  const probe = createServer();
  return await new Promise((resolve, reject) => {
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
