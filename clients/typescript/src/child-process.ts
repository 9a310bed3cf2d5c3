/**
 * Run as a script: a command in a process that ends with the one that started it.
 *
 * That process holds the other end of stdin, so a test run that is killed leaves no server behind.
 */

import { spawn } from "node:child_process";

const STOP_TIMEOUT = 15_000;

const [command = "", ...given] = process.argv.slice(2);
const child = spawn(command, given, { stdio: ["ignore", "inherit", "inherit"] });

function stop(): void {
  child.kill("SIGTERM");
  setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT).unref();
}

child.on("error", (error) => {
  console.error(`${command} cannot be run: ${error.message}`);
  process.exit(127);
});
child.on("exit", (status) => process.exit(status ?? 1));
process.stdin.on("end", stop).on("error", stop).resume();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, stop);
}
