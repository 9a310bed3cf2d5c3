/** What goes wrong is said in a sentence that helps, never as a bare fetch error. */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import {
  AdminError,
  NoResponse,
  Simulator,
  SimulatorError,
  UnexpectedResponse,
  VERSION,
  startSimulator,
} from "pass-simulator";
import { expect, test } from "pass-simulator/vitest";

interface Fake extends AsyncDisposable {
  readonly url: string;
}

/** A server that answers each path with a status and a body. */
async function answering(answer: (path: string) => [number, string]): Promise<Fake> {
  const server = createServer((request, response) => {
    const [status, body] = answer(`${request.method} ${request.url}`);
    response.writeHead(status, { "Content-Type": "application/json" }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function failure(call: Promise<unknown>): Promise<Error> {
  return await call.then(
    () => expect.fail("it should have failed"),
    (error: unknown) => error as Error,
  );
}

test("an address that cannot be asked is mended in the message", async ({ simulatorServer }) => {
  for (const [url, message] of [
    ["127.0.0.1:8642", "it begins with neither http:// nor https://; try http://127.0.0.1:8642"],
    ["ftp://lab", "it begins with neither http:// nor https://"],
    ["http://", "it names no host"],
    ["http://lab:99999", "its host or port cannot be read"],
    ["http://127.0.0.1:1", "cannot be reached: Connection refused; is it running?"],
    ["http://nobody.invalid", "cannot be reached: "],
    [simulatorServer.url.replace("http", "https"), "speaks no TLS; try http://"],
  ] as const) {
    const error = await failure(new Simulator(url).createSandbox());
    expect(error).toBeInstanceOf(NoResponse);
    expect(error).toBeInstanceOf(SimulatorError);
    expect(error.message).toContain(message);
    expect(error.message.split("\n").length).toBe(1);
  }
});

test("a running simulator that does not answer is named", async () => {
  const options = { url: "http://127.0.0.1:1", startTimeout: 0.1 };
  expect((await failure(startSimulator(options))).message).toBe(
    "not ready after 0.1 s: http://127.0.0.1:1: Connection refused\n" +
      "It was named by `url` or PASS_SIMULATOR_URL; without them a simulator is started.",
  );
});

test("a file that should hold the authority is named", async () => {
  const secure = (cafile: string): Promise<string> =>
    new Simulator("https://127.0.0.1:1", { cafile }).version();
  expect((await failure(secure("/nowhere.pem"))).message).toMatch(
    /^the authority \/nowhere.pem cannot be read: No such file/,
  );
  expect((await failure(secure("package.json"))).message).toContain("no certificate in PEM");
});

test("an answer that never comes is given up", async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const { port } = silent.address() as AddressInfo;
  const simulator = new Simulator(`http://127.0.0.1:${port}`, { timeout: 0.1 });
  expect((await failure(simulator.version())).message).toMatch(/no whole answer: Timed out$/);
  silent.closeAllConnections();
  silent.close();
});

test("a refusal comes with code, hint and fields", async ({ simulatorServer, simulator }) => {
  const scenario = (await failure(
    simulatorServer.createSandbox({ scenario: "dmo" }),
  )) as AdminError;
  expect([scenario.status, scenario.code]).toEqual([404, "scenario_not_found"]);
  expect(scenario.message).toBe(
    "There is no scenario 'dmo'. (404 scenario_not_found)\nDid you mean 'demo'?",
  );
  // @ts-expect-error A typo that the compiler sees, too.
  const typo = (await failure(simulator.requests.verify({ devcie: "tv" }))) as AdminError;
  expect(typo.fields).toEqual([
    { path: "match.devcie", problem: "unknown member; did you mean 'device'?" },
  ]);
  expect(typo.message).toContain("match.devcie: unknown member; did you mean 'device'?");
  // @ts-expect-error As above.
  await expect(simulator.profiles.list({ devcie: "tv" })).rejects.toThrow(
    "profiles cannot be filtered by devcie; did you mean 'device'? (400 unknown_filter)\nUse device, service_provider,",
  );
  // @ts-expect-error And a platform.
  expect(() => simulator.device("tv", { platform: "Rokku" })).toThrow(/'Rokku' is not one of .*Roku/);
});

test("what is no answer of the admin API is shown", async () => {
  await using proxy = await answering(() => [502, "<h1>Bad gateway</h1>"]);
  const error = (await failure(new Simulator(proxy.url).version())) as UnexpectedResponse;
  expect([error.status, error.text]).toEqual([502, "<h1>Bad gateway</h1>"]);
  await using list = await answering(() => [200, "[]"]);
  await expect(new Simulator(list.url).version()).rejects.toThrow("with something else");
});

test("a simulator that is older is named, with what it lacks", async () => {
  const refused = (code: string, fields: object[] = []): string =>
    JSON.stringify({ error: { code, message: "No.", hint: "", fields } });
  let version = "0.0.9";
  await using old = await answering((call) => {
    if (call === "GET /admin/v1/version") {
      return [200, JSON.stringify({ version })];
    }
    return call.startsWith("GET")
      ? [404, refused("route_not_found")]
      : [422, refused("invalid_document", [{ path: "keep", problem: "unknown member" }])];
  });
  const simulator = new Simulator(old.url);
  const advice = `older than this client (${VERSION}), and may not have`;
  const update = "yet; update it, or use pass-simulator@0.0.9 from npm.";
  await expect(simulator.operations()).rejects.toThrow(
    `The simulator at ${old.url} is version 0.0.9, ${advice} GET /admin/v1/operations ${update}`,
  );
  await expect(simulator.createSandbox({ keep: ["clients"] })).rejects.toThrow(
    `${advice} \`keep\` of POST /admin/v1/sandboxes ${update}`,
  );
  version = VERSION;
  expect((await failure(simulator.operations())).message).toBe("No. (404 route_not_found)");
});
