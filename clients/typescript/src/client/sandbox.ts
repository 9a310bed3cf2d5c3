/** One sandbox: an isolated world with its own clock, devices, journal and faults. */

import { fileURLToPath } from "node:url";

import type { Schemas } from "../admin-schemas.js";
import { type Connection, JSON_TYPE, data } from "../connection.js";
import { App } from "../device/app.js";
import { Device } from "../device/device.js";
import { type Platform, deviceHeaders } from "../device/headers.js";
import { AdminError } from "../errors.js";
import { type Length, duration } from "../times.js";
import { type Json, maybeOmitted, toApi } from "../values.js";
import { type Conduct, conductReport } from "./conduct.js";
import { type Armed, type Coverage, armed, coverageReport } from "./coverage.js";
import { Applications, Collection, Faults, KnownDevices, StoredProfiles } from "./entities.js";
import { Journal } from "./journal.js";
import { Clock, Settings, Snapshots, Tokens } from "./resources.js";
import {
  type AccessToken,
  type Cleared,
  type Lease,
  type MediaTokenCheck,
  type SandboxState,
  type Seeded,
  clearing,
  leased,
  mediaTokenCheck,
  minted,
  sandboxState,
  seeding,
} from "./results.js";
import { FILES_TYPE, contentOf } from "./scenario-files.js";
import { Codes, Sessions } from "./sessions.js";

/** A scenario as a document: a whole world, described relative to the moment in which it is seeded. */
export type ScenarioDocument = Schemas["ScenarioDocument"];

/**
 * A scenario: the name of one that the simulator knows, a YAML or JSON file (a `file:` URL, or a path
 * that ends as one), or a document.
 */
export type ScenarioSource = string | URL | ScenarioDocument;

/** What stays through a reset: clients, which are the apps that registered. */
export type Keep = readonly "clients"[];

/** What an app says of itself and of the device that it is on. */
export interface DeviceOptions {
  platform?: Platform | undefined;
  info?: Json | undefined;
  serviceProvider?: string | undefined;
  application?: string | undefined;
  minted?: boolean | undefined;
  renews?: boolean | undefined;
}

/** What stays, this time; without it, what the sandbox keeps. */
export interface ResetOptions {
  keep?: Keep | undefined;
}

/** Whose conduct, and in which generation. */
export interface ConductOptions {
  application?: string | undefined;
  client?: string | undefined;
  device?: string | undefined;
  generation?: number | "current" | "any" | undefined;
}

/** Which apps, from which generation on, and which cells have to be met. */
export interface CoverageOptions {
  require?: readonly string[] | undefined;
  application?: string | undefined;
  platform?: string | undefined;
  device?: string | undefined;
  since?: number | "current" | undefined;
}

/** Whose access token, for how many seconds and for what. */
export interface TokenOptions {
  application?: string | undefined;
  client?: string | undefined;
  expiresIn?: number | undefined;
  scopes?: string[] | undefined;
}

const FILE = /\.(ya?ml|json)$/;

/**
 * A sandbox, as `Simulator.sandbox`, `Simulator.createSandbox` and the fixture `simulator` give it.
 *
 * `url` is what an app under test takes for Adobe's host: all that it asks there stays in here.
 */
export class Sandbox implements AsyncDisposable {
  /** The sandbox's id. */
  readonly name: string;
  readonly #connection: Connection;

  /** @internal */
  constructor(connection: Connection, name: string) {
    this.#connection = connection;
    this.name = name;
  }

  /** The base URL of the sandbox; in front of Adobe's paths it leads into it. */
  get url(): string {
    return `${this.#connection.instance}/s/${encodeURIComponent(this.name)}`;
  }

  // Its parts

  /** Its time. */
  get clock(): Clock {
    return new Clock(this.#connection);
  }

  /** Authentication codes that wait for somebody. */
  get codes(): Codes {
    return new Codes(this.#connection);
  }

  /** All login attempts. */
  get sessions(): Sessions {
    return new Sessions(this.#connection);
  }

  /** Its journal. */
  get requests(): Journal {
    return new Journal(this.#connection);
  }

  /** What goes wrong on purpose. */
  get faults(): Faults {
    return new Faults(this.#connection, "faults");
  }

  /** Its switches. */
  get settings(): Settings {
    return new Settings(this.#connection);
  }

  /** States to come back to. */
  get snapshots(): Snapshots {
    return new Snapshots(this.#connection);
  }

  /** Tokens of single sign-on and partners. */
  get tokens(): Tokens {
    return new Tokens(this.#connection);
  }

  /** Stored logins. */
  get profiles(): StoredProfiles {
    return new StoredProfiles(this.#connection, "profiles");
  }

  /** Devices that are described; others may call all the same. */
  get devices(): KnownDevices {
    return new KnownDevices(this.#connection, "devices");
  }

  /** Channels. */
  get serviceProviders(): Collection<"service-providers"> {
    return new Collection(this.#connection, "service-providers");
  }

  /** Pay-TV providers. */
  get mvpds(): Collection<"mvpds"> {
    return new Collection(this.#connection, "mvpds");
  }

  /** Which channel works with which provider, and how. */
  get integrations(): Collection<"integrations"> {
    return new Collection(this.#connection, "integrations");
  }

  /** Registered applications, with their software statements. */
  get applications(): Applications {
    return new Applications(this.#connection, "applications");
  }

  /** App instances that registered. */
  get clients(): Collection<"clients"> {
    return new Collection(this.#connection, "clients");
  }

  /** Issuers of single sign-on tokens whose signatures are checked. */
  get issuers(): Collection<"issuers"> {
    return new Collection(this.#connection, "issuers");
  }

  /** Accounts to log in with. */
  get subscribers(): Collection<"subscribers"> {
    return new Collection(this.#connection, "subscribers");
  }

  /** Ties between profiles and single sign-on identities. */
  get ssoLinks(): Collection<"sso-links"> {
    return new Collection(this.#connection, "sso-links");
  }

  /** TempPass trials that have begun. */
  get tempPasses(): Collection<"temp-passes"> {
    return new Collection(this.#connection, "temp-passes");
  }

  /** Degradation rules: `create({ service_provider: …, mvpd: …, rule: "AuthNAll", until: "PT1H" })`. */
  get degradations(): Collection<"degradations"> {
    return new Collection(this.#connection, "degradations");
  }

  /**
   * An app on the device with this plain identifier, ready to log in.
   *
   * `platform` is one of `PLATFORMS`, such as "Roku" or "tvOS", and becomes its X-Device-Info;
   * `info` are members of that which differ. The app is the registered `application`, else the
   * one that serves the most channels, and asks for `serviceProvider`, else for its first. It
   * registers before its first call; with `minted` it gets its token from the admin API instead.
   * With `renews: false` it does not get another token when that is refused.
   */
  device(device: string, options: DeviceOptions = {}): Device {
    const { platform, info, ...rest } = options;
    const headers = deviceHeaders(device, platform, info);
    const { "AP-Device-Identifier": _, ...described } = headers;
    return new Device(this.#connection, device, headers, new App({ described, ...rest }));
  }

  // The world as a whole

  /** How it stands. */
  async show(): Promise<SandboxState> {
    const call = this.#instance.GET("/admin/v1/sandboxes/{id}", { params: this.#path });
    return sandboxState(await data(call));
  }

  /**
   * Make a scenario the world and its baseline, or merge it into the world.
   *
   * `keep` says what stays of the old world, this time; without it, what the sandbox keeps.
   * Files beside a scenario's file, which it extends or names, are sent along. Throws `AdminError` with
   * every problem of a document; nothing has changed then.
   */
  async seed(
    scenario: ScenarioSource,
    options: { mode?: "replace" | "merge" | undefined; keep?: Keep | undefined } = {},
  ): Promise<Seeded> {
    const { mode = "replace", keep } = options;
    if (isFile(scenario)) {
      const query = { mode, ...(keep && { keep: keep.join(",") }) };
      const body = await contentOf(pathOf(scenario));
      const headers = { "Content-Type": FILES_TYPE, Accept: JSON_TYPE };
      const path = "/admin/v1/seed";
      const answer = await this.#connection.adminSend("POST", path, { headers, body, query });
      return seeding(answer.json() as Schemas["Seeding"]);
    }
    const what = typeof scenario === "string" ? { scenario } : { document: scenario };
    const body = { ...what, mode, ...(keep && { keep: [...keep] }) };
    return seeding(await data(this.#connection.admin.POST("/admin/v1/seed", { body })));
  }

  /**
   * Back to the baseline, or to "empty" or "snapshot:NAME".
   *
   * Apps that registered since then are forgotten, too, unless `keep`, or the sandbox, keeps
   * "clients"; a `Device` registers again by itself.
   */
  async reset(to?: string | ResetOptions, options?: ResetOptions): Promise<Cleared> {
    const [where, { keep }] = maybeOmitted(to, options);
    const body = { ...(where !== undefined && { to: where }), ...(keep && { keep: [...keep] }) };
    return clearing(await data(this.#connection.admin.POST("/admin/v1/reset", { body })));
  }

  /** Let resets keep these from now on: "clients", or nothing. */
  async keep(...kinds: Keep): Promise<SandboxState> {
    return await this.#change({ keep: [...kinds] });
  }

  /** Make one of its snapshots what it goes back to from now on. */
  async rebase(snapshot: string): Promise<SandboxState> {
    return await this.#change({ baseline: `snapshot:${snapshot}` });
  }

  /** The world as a scenario document. */
  async state(): Promise<ScenarioDocument> {
    return await data(this.#connection.admin.GET("/admin/v1/state"));
  }

  /** Make a document, such as `state` gives, the world and its baseline. */
  async load(document: ScenarioDocument): Promise<Seeded> {
    return seeding(await data(this.#connection.admin.PUT("/admin/v1/state", { body: document })));
  }

  /** The run so far as a zip file, for `pass-simulator replay`; passwords are left out. */
  async bundle(): Promise<Uint8Array> {
    return (await this.#connection.adminSend("GET", "/admin/v1/bundle")).body;
  }

  /** What each client app did right and wrong, by Adobe's public integration checklist. */
  async conduct(options: ConductOptions = {}): Promise<Conduct> {
    const { generation, ...rest } = options;
    const which = generation === undefined ? {} : { generation: String(generation) };
    const query = { ...toApi(rest), ...which };
    const call = this.#connection.admin.GET("/admin/v1/conduct", { params: { query } });
    return conductReport(await data(call));
  }

  /**
   * What apps were shown of the backend, and what they did about it; `since` is a generation.
   *
   * `require` are cells, such as "logout:L5", of which `required` says whether they were met.
   */
  async coverage(options: CoverageOptions = {}): Promise<Coverage> {
    const { since, ...rest } = options;
    const first = typeof since === "number" ? `generation:${since}` : since;
    const query = toApi({ ...rest, since: first });
    const call = this.#connection.admin.GET("/admin/v1/coverage", { params: { query } });
    return coverageReport(await data(call));
  }

  /** Prepare it so that the next matching call of the app on a device meets a cell of coverage. */
  async arm(cell: string, options: { device?: string | undefined } = {}): Promise<Armed> {
    const body = { cell, ...toApi({ ...options }) };
    return armed(await data(this.#connection.admin.POST("/admin/v1/coverage/arm", { body })));
  }

  /** Forget what apps were shown. */
  async clearCoverage(): Promise<void> {
    await this.#connection.admin.DELETE("/admin/v1/coverage");
  }

  /** An access token without the registration dance; it outlives a reset. */
  async token(options: TokenOptions = {}): Promise<AccessToken> {
    const body = toApi({ ...options });
    return minted(await data(this.#connection.admin.POST("/admin/v1/tokens", { body })));
  }

  /** What Adobe's media token verifier would say of a `serializedToken`. */
  async verifyMediaToken(token: string, resource?: string): Promise<MediaTokenCheck> {
    const body = { token, ...(resource !== undefined && { resource }) };
    const call = this.#connection.admin.POST("/admin/v1/media-tokens/verify", { body });
    return mediaTokenCheck(await data(call));
  }

  /** Borrow it, or go on borrowing it. */
  async lease(
    owner: string,
    lasting: Length,
    options: { onReturn?: "reset" | "delete" | undefined } = {},
  ): Promise<Lease> {
    const { onReturn = "reset" } = options;
    const body = { owner, for: duration(lasting), on_return: onReturn };
    const params = this.#path;
    const call = this.#instance.POST("/admin/v1/sandboxes/{id}/lease", { params, body });
    return leased(await data(call));
  }

  /** Bring it back early. */
  async release(): Promise<void> {
    await this.#instance.DELETE("/admin/v1/sandboxes/{id}/lease", { params: this.#path });
  }

  /** Delete it with all that is in it. */
  async delete(): Promise<void> {
    await this.#instance.DELETE("/admin/v1/sandboxes/{id}", { params: this.#path });
  }

  /** Delete it at the end of a block with `await using`, where that has not been done already. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.delete();
    } catch (error) {
      if (!(error instanceof AdminError && error.code === "sandbox_not_found")) {
        throw error;
      }
    }
  }

  get #instance(): Connection["admin"] {
    return this.#connection.withoutSandbox.admin;
  }

  get #path(): { path: { id: string } } {
    return { path: { id: this.name } };
  }

  async #change(body: Schemas["SandboxChanges"]): Promise<SandboxState> {
    const call = this.#instance.PATCH("/admin/v1/sandboxes/{id}", { params: this.#path, body });
    return sandboxState(await data(call));
  }
}

/** Whether `scenario` is meant as a file: a `file:` URL, or a text that ends as one. */
export function isFile(scenario: ScenarioSource): scenario is string | URL {
  return scenario instanceof URL || (typeof scenario === "string" && FILE.test(scenario));
}

/** The path of a scenario's file. */
export function pathOf(scenario: string | URL): string {
  return scenario instanceof URL ? fileURLToPath(scenario) : scenario;
}
