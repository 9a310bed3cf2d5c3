/** Journeys of an app, and what a test does to the world around it. */

import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { AdminError, DeviceError, LoginFailed, PLATFORMS, VERSION, VerificationError } from "pass-simulator";
import { expect, test } from "pass-simulator/vitest";

test("an app logs in, asks for decisions, and logs out", async ({ simulator }) => {
  const tv = simulator.device("living-room-tv", { platform: "Roku" });
  const profile = await tv.login("Cablevision", "demo");
  expect(profile.userId).toBe("demo-viewer");
  expect(profile.notAfter!.getTime() - profile.notBefore!.getTime()).toBe(30 * 86_400_000);
  expect(profile.raw["issuer"]).toBe("Cablevision");
  expect(Object.keys(await tv.profiles())).toEqual(["Cablevision"]);
  expect((await tv.login("Cablevision")).userId).toBe("demo-viewer");

  const decisions = await tv.preauthorize("Cablevision", "NEWS", "MOVIES");
  expect(decisions.map(({ resource, authorized }) => [resource, authorized])).toEqual([
    ["NEWS", true],
    ["MOVIES", true],
  ]);
  const [decision] = await tv.authorize("Cablevision", "NEWS");
  expect((await simulator.verifyMediaToken(decision!.mediaToken!, "NEWS")).status).toBe("VALID_TOKEN");

  const logout = await tv.logout("Cablevision", { follow: true });
  expect([logout.action, logout.mvpd]).toEqual(["logout", "Cablevision"]);
  expect(logout.landing!.urls.length).toBeGreaterThan(1);
  expect((await tv.logout("Cablevision", "https://adobe.com")).landing).toBeNull();
  expect(await tv.profiles()).toEqual({});
  expect(await tv.profile("Cablevision")).toBeNull();
  await simulator.requests.verify({ operation: "logout", rule: "L5", exactly: 1 });
  await simulator.requests.verifyOrder({ operation: "create_session" }, { operation: "logout" });
});

test("somebody takes the code of a TV", async ({ simulator }) => {
  const tv = simulator.device("bedroom-tv", { platform: "tvOS" });
  await simulator.codes.next("K4T9WQ7");
  const step = await tv.startLogin("Cablevision");
  expect([step.action, step.code]).toEqual(["authenticate", "K4T9WQ7"]);
  expect(step.url).toMatch(/^http:.*K4T9WQ7/);
  expect(await tv.profileByCode(step.code)).toBeNull();
  await expect(tv.waitForLogin(step.code, { timeout: 0, every: 0.01 })).rejects.toThrow(LoginFailed);
  const [open] = await simulator.codes.list({ serviceProvider: "REF30" });
  expect(open!.code).toBe("K4T9WQ7");

  const waiting = simulator.requests.wait("profile", { device: "bedroom-tv", within: { seconds: 20 } });
  const session = await simulator.codes.approve(step.code, { subscriber: "demo" });
  expect(session.status).toBe("completed");
  expect((await waiting).profile!.type).toBe("regular");
  expect((await tv.waitForLogin(step.code)).userId).toBe("demo-viewer");

  const second = await tv.startLogin();
  expect(second.missing).toContain("mvpd");
  expect((await tv.loginDetails(second.code)).missing).toContain("mvpd");
  expect((await tv.resumeLogin(second.code, "Spectrum")).code).toBe(second.code);
  expect((await simulator.codes.deny(second.code)).status).toBe("failed");
  expect((await simulator.sessions.get(second.code)).mvpd).toBe("Spectrum");
});

test("what did not come is said with what came instead", async ({ simulator }) => {
  await simulator.device("tv").configuration();
  const late = simulator.requests.wait("request", { operation: "logout", within: "PT0.1S" });
  await expect(late).rejects.toThrow("no request with operation='logout' within PT0.1S");
  const wrong = simulator.requests.verify({ operation: "logout", atLeast: 2, atMost: 3 });
  await expect(wrong).rejects.toThrow(
    /^expected at least 2 and at most 3 with operation='logout', found 0\n  req-\w+ configuration → 200/,
  );
  const error = (await wrong.catch((found: unknown) => found)) as VerificationError;
  expect([error.count, error.nearest.length]).toEqual([0, 3]);
  expect((await simulator.requests.check({ operation: "logout" })).verified).toBe(false);
});

test("time passes as the clock says", async ({ simulator, simulatorClock }) => {
  await simulatorClock.freeze("2030-01-01T00:00:00Z");
  expect((await simulatorClock.now()).toISOString()).toBe("2030-01-01T00:00:00.000Z");
  await simulatorClock.set(new Date("2030-02-01T00:00:00Z"));
  expect((await simulatorClock.read()).frozen).toBe(true);
  await simulatorClock.run();
  await simulatorClock.reset();
  const tv = simulator.device("tv");
  await tv.login("Cablevision");
  const { due } = await simulatorClock.advance({ days: 31 });
  expect(due.some(({ event }) => event === "profile_expired")).toBe(true);
  expect(await tv.profile("Cablevision")).toBeNull();
});

test("what goes wrong on purpose reaches the app, and nothing else", async ({ simulator }) => {
  const tv = simulator.device("tv", { serviceProvider: "REF30", minted: true });
  await tv.profiles();
  const { id } = await simulator.faults.add("internal_server_error", {
    operation: "profiles",
    serviceProvider: "REF30",
    times: 1,
  });
  const error = (await tv.profiles().catch((found: unknown) => found)) as DeviceError;
  expect(error).toBeInstanceOf(DeviceError);
  expect([error.status, error.code]).toEqual([500, "internal_server_error"]);
  expect((await simulator.faults.get(id)).struck).toBe(1);
  await simulator.faults.add({ kind: "reset" }, { operation: "profiles" });
  await expect(tv.profiles()).rejects.toThrow("no whole answer");
  expect(await simulator.faults.clear()).toBe(2);
});

test("a token that is refused is renewed", async ({ simulator }) => {
  const tv = simulator.device("tv");
  const first = await tv.accessToken();
  await simulator.reset();
  expect(await tv.profiles()).toEqual({});
  expect(await tv.accessToken()).not.toBe(first);
  const stubborn = simulator.device("other-tv", { renews: false });
  await stubborn.profiles();
  await simulator.reset({ keep: [] });
  await expect(stubborn.profiles()).rejects.toThrow(DeviceError);
});

test("a state is come back to", async ({ simulator, simulatorServer }) => {
  const tv = simulator.device("tv");
  await simulator.keep("clients");
  await simulator.snapshots.take("clean");
  await tv.login("Cablevision");
  expect((await simulator.snapshots.list()).map(({ name }) => name)).toEqual(["clean"]);
  expect((await simulator.snapshots.restore("clean")).cleared).toMatchObject({ profiles: 1 });
  expect(await tv.profiles()).toEqual({});
  await tv.login("Cablevision");
  const copy = await simulatorServer.createSandbox({ fromSandbox: simulator.name });
  expect((await copy.profiles.list({ device: "tv" })).map(({ mvpd }) => mvpd)).toEqual(["Cablevision"]);
  expect((await copy.lease("kim", { hours: 1 }, { onReturn: "delete" })).owner).toBe("kim");
  await copy.delete();
  await copy[Symbol.asyncDispose]();
  await expect(copy.show()).rejects.toThrow(AdminError);
});

test("a world comes from a name, a document or a file", async ({ simulator }) => {
  const world = {
    name: "small",
    extends: "demo",
    subscribers: [{ id: "kim", entitlements: ["CARTOONS"] }],
  };
  expect((await simulator.seed("logout-samples")).seeded).toHaveProperty("profiles");
  await simulator.seed(world);
  const tv = simulator.device("tv");
  await tv.login("Cablevision", "kim");
  const [cartoons, movies] = await tv.preauthorize("Cablevision", "CARTOONS", "MOVIES");
  expect([cartoons!.authorized, movies!.authorized]).toEqual([true, false]);
  expect(movies!.errorCode).toBe("preauthorization_denied_by_mvpd");

  const file = join(tmpdir(), `${simulator.name}.json`);
  await writeFile(file, JSON.stringify(world));
  await simulator.seed(file, { keep: ["clients"] });
  await simulator.seed(pathToFileURL(file), { mode: "merge" });
  const state = await simulator.state();
  expect((await simulator.load(state)).generation).toBe((await simulator.show()).generation);
  expect(await simulator.state()).toEqual(state);
});

test("the files that a scenario leads to are sent along", async ({ simulator }) => {
  const folder = await mkdtemp(join(tmpdir(), "scenario-"));
  const path = (name: string): string => join(folder, name);
  await writeFile(path("lab.yaml"), "name: lab\nextends: base  # the file beside it\n");
  await writeFile(path("base.json"), JSON.stringify({ name: "base", extends: "demo", mvpds: [{ id: "Größe" }] }));
  // A path of the system's, in whichever way it is spelled.
  await simulator.seed(`${folder}/./lab.yaml`);
  expect((await simulator.mvpds.get("Größe")).id).toBe("Größe");
  await writeFile(path("lab.yaml"), Buffer.concat([Buffer.from("name: lab\n"), Buffer.from([0xff])]));
  await expect(simulator.seed(path("lab.yaml"))).rejects.toThrow("lab.yaml:2: expected UTF-8 text");
  await expect(simulator.seed(path("nowhere.yaml"))).rejects.toThrow("ENOENT");
});

test("coverage says what the app met, and arms the rest", async ({ simulator }) => {
  const tv = simulator.device("tv", { platform: "Roku", minted: true });
  await tv.logout("Cablevision");
  const coverage = await simulator.coverage({ require: ["logout:L10", "sessions:N4"], device: "tv" });
  expect([...coverage]).toContain("logout:L10");
  expect(coverage.cell("logout:L10")).toMatchObject({ name: "L10", met: 1, forced: 0 });
  expect(coverage.required.map(({ met }) => met)).toEqual([true, false]);
  expect(() => coverage.cell("logout:L99")).toThrow("there is no cell 'logout:L99'; the axes are operations, ");
  expect((await simulator.arm("logout:L6", { device: "tv" })).cell).toBe("logout:L6");
  await tv.logout("Cablevision");
  expect((await simulator.coverage()).cell("logout:L6").met).toBe(1);
  await simulator.reset();
  expect([...(await simulator.coverage({ since: "current", platform: "Roku" }))]).toEqual([]);
  expect((await simulator.coverage({ since: 1 })).cell("logout:L6").met).toBe(1);
  await simulator.clearCoverage();
  expect((await simulator.coverage()).cell("logout:L6").met).toBe(0);
});

test("the journal is followed as it is written, until there is enough", async ({ simulator }) => {
  const tv = simulator.device("tv", { minted: true });
  await tv.configuration();
  const seen: (string | null)[] = [];
  const enough = new Error("enough");
  const following = simulator.requests.follow(
    ({ operation }) => {
      seen.push(operation);
      if (seen.length === 1) {
        // Only now it is sure that what comes next is seen.
        void tv.profiles().then(() => tv.logout("Cablevision"));
      } else if (operation === "logout") {
        throw enough;
      }
    },
    { device: "tv", newest: 1 },
  );
  await expect(following).rejects.toBe(enough);
  expect(seen).toEqual(["configuration", "profiles", "logout"]);
  // @ts-expect-error A typo that the compiler sees, too.
  const typo = simulator.requests.follow(() => {}, { devcie: "tv" });
  await expect(typo).rejects.toThrow(AdminError);
});

test("entities are typed by the admin API", async ({ simulator, simulatorServer }) => {
  const made = await simulator.profiles.create({
    service_provider: "REF30",
    mvpd: "Cablevision",
    device: "kitchen-tv",
    expires_in: "PT1H",
  });
  const valid: boolean = made.valid;
  expect(valid).toBe(true);
  // @ts-expect-error There is no such member, and the compiler knows.
  expect(made.vallid).toBeUndefined();
  expect((await simulator.profiles.list({ serviceProvider: "REF30", device: "kitchen-tv" })).length).toBe(1);
  await simulator.profiles.change(made.id, { attributes: { zip: "10001" } });
  expect((await simulator.profiles.expire(made.id)).valid).toBe(false);
  await simulator.profiles.delete(made.id);
  await expect(simulator.profiles.get(made.id)).rejects.toThrow("404 profile_not_found");
  // @ts-expect-error There is no such rule.
  const wrong = simulator.degradations.create({ service_provider: "REF30", mvpd: "Dish", rule: "AuthX" });
  await expect(wrong).rejects.toThrow(AdminError);
  const { id } = await simulator.mvpds.create({ id: "Mine" });
  expect((await simulator.mvpds.get(id)).id).toBe("Mine");
  expect((await simulator.devices.claim("kitchen-tv", { lasting: "PT1M" })).device).toBe("kitchen-tv");
  await using other = await simulatorServer.createSandbox();
  await expect(other.devices.claim("kitchen-tv")).rejects.toThrow(AdminError);
  expect((await other.devices.claim("kitchen-tv", { take: true })).sandbox).toBe(other.name);
  await other.devices.unclaim("kitchen-tv");
  const [application] = await simulator.applications.list();
  expect((await simulator.applications.revoke(application!.id)).revoked).toBe(true);
  expect((await simulator.applications.approve(application!.id)).revoked).toBe(false);
});

test("what was seen is taken along", async ({ simulator }) => {
  const tv = simulator.device("tv", { platform: "Roku", info: { model: "Größe 5" } });
  await tv.login("Cablevision");
  const entries = await simulator.requests.list({ device: "tv", newest: 2 });
  expect(entries.map(({ operation }) => operation)).toEqual(["create_session", "profile_by_code"]);
  expect((await simulator.requests.get(entries[0]!.id)).raw).toHaveProperty("request");
  expect((await simulator.requests.list({ operation: ["logout", "create_session"] })).length).toBe(1);
  expect(await simulator.requests.count({ since: new Date(0) })).toBeGreaterThan(3);
  expect((await simulator.requests.har({ device: "tv" })).log.version).toBe("1.2");
  expect(Buffer.from(await simulator.bundle()).subarray(0, 2).toString()).toBe("PK");
  const conduct = await simulator.conduct({ device: "tv" });
  expect(conduct.apps.map(({ device }) => device)).toEqual(["tv"]);
  expect(conduct.broken).toEqual([]);
  expect(await simulator.requests.clear()).toBeGreaterThan(3);
});

test("single sign-on and settings have their values", async ({ simulator }) => {
  const { tokens, settings } = simulator;
  const token = await tokens.service("viewer", { expiresIn: 60 });
  const tv = simulator.device("tv").sending({ serviceToken: token, headers: { "X-More": "ü" } });
  expect(tv.headers).toMatchObject({ "AD-Service-Token": token, "X-More": "ü" });
  expect((await tv.request("GET", "/api/v2/REF30/configuration")).status).toBe(200);
  expect(await tokens.partnerStatus({ mvpd: "Cablevision" })).not.toBe("");
  expect(await tokens.samlResponse("Cablevision", { nameId: "kim" })).not.toBe("");
  expect((await simulator.token({ expiresIn: 60 })).expiresIn).toBe(60);
  await settings.change({ "logout.url": "absolute" });
  expect((await settings.show())["logout.url"].value).toBe("absolute");
});

test("the instance says what it is", async ({ simulatorServer }) => {
  expect(await simulatorServer.version()).toBe(VERSION);
  expect((await simulatorServer.operations()).some(({ name }) => name === "logout")).toBe(true);
  expect((await simulatorServer.scenarios()).map(({ name }) => name)).toContain("demo");
  expect((await simulatorServer.scenario("demo")).name).toBe("demo");
  expect((await simulatorServer.validate({ name: "x", mvpdz: [] })).problems.length).toBe(1);
  expect((await simulatorServer.keys()).keys.length).toBeGreaterThan(0);
  expect((await simulatorServer.sandboxes()).map(({ id }) => id)).toContain("default");
  const bound = simulatorServer.sandbox("default", { binding: "header" });
  expect((await bound.show()).id).toBe("default");
  expect((await bound.clock.read()).frozen).toBe(false);
  expect(Object.keys(PLATFORMS)).toContain("Roku");
});

test("values compare by what they name, and carry the rest", async ({ simulator }) => {
  const reading = await simulator.clock.freeze("2020-01-01T00:00:00Z");
  const now = new Date("2020-01-01T00:00:00Z");
  expect(reading).toEqual({ now, mode: "frozen", due: [], frozen: true });
  expect(reading.raw.offset).toMatch(/^-P/);
});
