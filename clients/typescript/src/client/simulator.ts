/** A running instance: its sandboxes, its scenarios, and what it simulates. */

import type { Schemas } from "../admin-schemas.js";
import { type Binding, Connection, data, pages } from "../connection.js";
import { type Length, duration } from "../times.js";
import { Transport } from "../transport.js";
import { maybeOmitted } from "../values.js";
import {
  type Check,
  type Operation,
  type SandboxState,
  type Scenario,
  check,
  operation,
  sandboxState,
  scenarioSummary,
} from "./results.js";
import { type Keep, Sandbox, type ScenarioDocument } from "./sandbox.js";

const LOCAL = "http://127.0.0.1:8642";

/** How to speak to a simulator. */
export interface SimulatorOptions {
  /** What its admin API asks for, where it asks for a token. */
  adminToken?: string | undefined;
  /** How many seconds an answer may take, null for as long as it takes; 30 if nothing is said. */
  timeout?: number | null | undefined;
  /** The file of the authority of its certificate. */
  cafile?: string | undefined;
}

/** What a sandbox is made from, and who borrows it for how long. */
export interface SandboxOptions {
  scenario?: string | undefined;
  fromSnapshot?: string | undefined;
  fromSandbox?: string | undefined;
  keep?: Keep | undefined;
  lease?: readonly [owner: string, lasting: Length] | undefined;
  onReturn?: "reset" | "delete" | undefined;
}

/**
 * A running simulator for tests.
 *
 * `await using sandbox = await new Simulator("http://127.0.0.1:8642").createSandbox({ scenario: "demo" })`
 */
export class Simulator implements AsyncDisposable {
  readonly #connection: Connection;

  /**
   * The simulator at `url`; `adminToken` is needed where its admin API asks for one.
   *
   * `timeout` is how many seconds an answer may take, null for as long as it
   * takes; `cafile` is the authority of its certificate.
   */
  constructor(url: string = LOCAL, options: SimulatorOptions = {}) {
    const { adminToken, timeout, cafile } = options;
    const transport = new Transport(cafile);
    this.#connection = new Connection({ transport, instance: url, adminToken, timeout });
  }

  /** Where it is; what an app under test takes for Adobe's host to work in the sandbox `default`. */
  get url(): string {
    return this.#connection.instance;
  }

  // Sandboxes

  /** The sandbox that always exists. */
  get default(): Sandbox {
    return this.sandbox("default");
  }

  /** A sandbox that exists; `binding` is how requests say that they mean it. */
  sandbox(name: string, options: { binding?: Binding | undefined } = {}): Sandbox {
    return new Sandbox(this.#connection.to(name, options.binding ?? "path"), name);
  }

  /**
   * Make a sandbox, from the default scenario if nothing is said.
   *
   * `fromSnapshot` is "SANDBOX/SNAPSHOT"; `keep` says what its resets keep, which is nothing
   * without it. `lease` is its owner and for how long: when the time
   * is over the sandbox goes by itself, or is reset.
   */
  async createSandbox(name?: string | SandboxOptions, options?: SandboxOptions): Promise<Sandbox> {
    const [id, made] = maybeOmitted(name, options);
    const { scenario, fromSnapshot, fromSandbox, keep, lease, onReturn = "delete" } = made;
    const body: Schemas["SandboxBody"] = {
      ...(id !== undefined && { id }),
      ...(scenario !== undefined && { scenario }),
      ...(fromSnapshot !== undefined && { from_snapshot: fromSnapshot }),
      ...(fromSandbox !== undefined && { from_sandbox: fromSandbox }),
      ...(keep && { keep: [...keep] }),
      ...(lease && { lease: { owner: lease[0], for: duration(lease[1]), on_return: onReturn } }),
    };
    const { id: given } = await data(this.#connection.admin.POST("/admin/v1/sandboxes", { body }));
    return this.sandbox(given);
  }

  /** All sandboxes, and how they stand. */
  async sandboxes(): Promise<SandboxState[]> {
    const found = await pages(
      async (query) =>
        await data(this.#connection.admin.GET("/admin/v1/sandboxes", { params: { query } })),
    );
    return found.map(sandboxState);
  }

  /** Delete a sandbox with all that is in it. */
  async deleteSandbox(name: string): Promise<void> {
    const params = { path: { id: name } };
    await this.#connection.admin.DELETE("/admin/v1/sandboxes/{id}", { params });
  }

  // Scenarios

  /** The scenarios at hand. */
  async scenarios(): Promise<Scenario[]> {
    const found = await data(this.#connection.admin.GET("/admin/v1/scenarios"));
    return found.items.map(scenarioSummary);
  }

  /** A scenario as its file has it. */
  async scenario(name: string): Promise<ScenarioDocument> {
    const params = { path: { name } };
    return await data(this.#connection.admin.GET("/admin/v1/scenarios/{name}", { params }));
  }

  /** Every problem of a scenario document; nothing is changed. */
  async validate(document: object): Promise<Check> {
    const body = document as ScenarioDocument;
    return check(await data(this.#connection.admin.POST("/admin/v1/scenarios/validate", { body })));
  }

  // The service

  /** The version of the simulator. */
  async version(): Promise<string> {
    return (await data(this.#connection.admin.GET("/admin/v1/version"))).version;
  }

  /** Each operation of the backend, and how far it is simulated. */
  async operations(): Promise<Operation[]> {
    const found = await data(this.#connection.admin.GET("/admin/v1/operations"));
    return found.items.map(operation);
  }

  /** The public keys: a JWK Set for tokens, and the certificate of media tokens. */
  async keys(): Promise<Schemas["Keys"]> {
    return await data(this.#connection.admin.GET("/admin/v1/keys"));
  }

  /** Wait until it has started. Throws `SimulatorError` when that takes longer than `timeout`. */
  async waitUntilReady(timeout = 30): Promise<void> {
    await this.#connection.waitUntilReady(timeout);
  }

  /** Close the connections that are kept. */
  async close(): Promise<void> {
    this.#connection.transport.close();
  }

  /** Close it at the end of a block with `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
