import { createRequire } from "node:module";

/** The version of this client, which is that of the simulator that it was made for. */
export const VERSION: string = (
  createRequire(import.meta.url)("../package.json") as { version: string }
).version;
