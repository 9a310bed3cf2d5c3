/** Parts of a sandbox that have calls of their own: clock, snapshots, settings, tokens. */

import type { Schemas } from "../admin-schemas.js";
import { type Connection, data } from "../connection.js";
import { type Instant, type Length, duration, instant } from "../times.js";
import { toApi } from "../values.js";
import {
  type Cleared,
  type ClockReading,
  type Snapshot,
  clearing,
  clockReading,
  snapshot,
} from "./results.js";

/** A part of a sandbox. */
export class Resource {
  protected readonly connection: Connection;
  protected readonly name: string;

  /** @internal */
  constructor(connection: Connection, name = "") {
    this.connection = connection;
    this.name = name;
  }
}

/** The time of a sandbox, which drives every expiry in it. */
export class Clock extends Resource {
  /** What it shows, and whether it stands still. */
  async read(): Promise<ClockReading> {
    return clockReading(await data(this.connection.admin.GET("/admin/v1/clock")));
  }

  /** What it shows. */
  async now(): Promise<Date> {
    return (await this.read()).now;
  }

  /** Stop it, now or at another instant. */
  async freeze(at?: Instant): Promise<ClockReading> {
    return await this.#put("frozen", at);
  }

  /** Set it; it goes on, or stands still, as before. Set forward, the time in between passes. */
  async set(to: Instant): Promise<ClockReading> {
    return await this.#put((await this.read()).mode, to);
  }

  /** Let it go on, from what it shows or from another instant. */
  async run(since?: Instant): Promise<ClockReading> {
    return await this.#put("real", since);
  }

  /** Move it on: `advance("PT6H")`, `advance({ hours: 6 })`; `due` tells what fell due in between. */
  async advance(by: Length): Promise<ClockReading> {
    const body = { by: duration(by) };
    return clockReading(await data(this.connection.admin.POST("/admin/v1/clock/advance", { body })));
  }

  /** Back to real time. */
  async reset(): Promise<ClockReading> {
    return clockReading(await data(this.connection.admin.POST("/admin/v1/clock/reset")));
  }

  async #put(mode: Schemas["Clock"]["mode"], moment?: Instant): Promise<ClockReading> {
    const body = { mode, ...(moment !== undefined && { now: instant(moment) }) };
    return clockReading(await data(this.connection.admin.PUT("/admin/v1/clock", { body })));
  }
}

/** States of a sandbox to come back to. */
export class Snapshots extends Resource {
  /** Oldest first. */
  async list(): Promise<Snapshot[]> {
    const found = await data(this.connection.admin.GET("/admin/v1/snapshots"));
    return found.items.map(snapshot);
  }

  /** Keep the state under a name; the sandbox goes on undisturbed. */
  async take(name: string): Promise<Snapshot> {
    return snapshot(await data(this.connection.admin.POST("/admin/v1/snapshots", { body: { name } })));
  }

  /** The world is what, and as old as, it was then. */
  async restore(name: string): Promise<Cleared> {
    const params = { path: { name } };
    const call = this.connection.admin.POST("/admin/v1/snapshots/{name}/restore", { params });
    return clearing(await data(call));
  }

  /** Forget it. */
  async delete(name: string): Promise<void> {
    await this.connection.admin.DELETE("/admin/v1/snapshots/{name}", { params: { path: { name } } });
  }
}

/** The switches of a sandbox. */
export class Settings extends Resource {
  /** Every switch with its value and where that came from. */
  async show(): Promise<Schemas["SandboxSettings"]> {
    return await data(this.connection.admin.GET("/admin/v1/settings"));
  }

  /** Set switches: `change({ "logout.url": "absolute" })`; null takes one back to its default. */
  async change(values: Schemas["SettingsChanges"]): Promise<Schemas["SandboxSettings"]> {
    return await data(this.connection.admin.PATCH("/admin/v1/settings", { body: values }));
  }
}

/** Who issues a token of single sign-on, and for how many seconds. */
export interface SsoTokenOptions {
  issuer?: string | undefined;
  expiresIn?: number | undefined;
}

/** What a partner says of a user's permission to share the login. */
export interface PartnerStatusOptions {
  mvpd?: string | undefined;
  provider?: string | undefined;
  accessStatus?: NonNullable<Schemas["PartnerStatusBody"]["access_status"]> | undefined;
  expiresIn?: number | undefined;
}

/** About whom a provider answers, and what it says. */
export interface SamlResponseOptions {
  subscriber?: string | undefined;
  nameId?: string | undefined;
  attributes?: Schemas["SamlResponseBody"]["attributes"] | undefined;
  inResponseTo?: string | undefined;
}

/** Tokens without the dances that devices and partners go through for them. */
export class Tokens extends Resource {
  /** A value for the header AD-Service-Token; seconds below zero have expired. */
  async service(subject: string, options: SsoTokenOptions = {}): Promise<string> {
    const body = { ...toApi({ ...options }), subject };
    return (await data(this.connection.admin.POST("/admin/v1/service-tokens", { body }))).token;
  }

  /** A value for the header Adobe-Subject-Token, or for Roku's. */
  async subject(subject: string, options: SsoTokenOptions = {}): Promise<string> {
    const body = { ...toApi({ ...options }), subject };
    return (await data(this.connection.admin.POST("/admin/v1/subject-tokens", { body }))).token;
  }

  /** A value for the header AP-Partner-Framework-Status. */
  async partnerStatus(options: PartnerStatusOptions = {}): Promise<string> {
    const body = { access_status: "granted" as const, ...toApi({ ...options }) };
    const call = this.connection.admin.POST("/admin/v1/partner-framework-statuses", { body });
    return (await data(call)).header;
  }

  /** The Base64 for the form's SAMLResponse: which provider answers, about whom, and what it tells. */
  async samlResponse(mvpd: string, options: SamlResponseOptions = {}): Promise<string> {
    const body = { ...toApi({ ...options }), mvpd };
    const call = this.connection.admin.POST("/admin/v1/saml-responses", { body });
    return (await data(call)).saml_response;
  }
}
