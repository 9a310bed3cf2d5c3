/** What tests would trip over, were anything shared but the server: ids, the clock, the journal of a device. */

import { appendFileSync } from "node:fs";

import type { Sandbox, Simulator } from "pass-simulator";

export async function stayAlone(simulator: Sandbox, server: Simulator, runner: string): Promise<void> {
  await simulator.mvpds.create({ id: "Mine" });
  await simulator.clock.freeze("2026-01-01T00:00:00Z");
  const tv = simulator.device("tv");
  await tv.login("Cablevision");
  await simulator.requests.verify({ device: "tv", operation: "create_session", exactly: 1 });
  appendFileSync(`${runner}.seen`, `${process.pid} ${server.url} ${simulator.name}\n`);
}
