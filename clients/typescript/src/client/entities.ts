/** The entities of a sandbox's world: created, read, changed and deleted, and what can become of some. */

import type { Client } from "openapi-fetch";

import type { Schemas, paths } from "../admin-schemas.js";
import { data, pages } from "../connection.js";
import { type Length, duration } from "../times.js";
import { type CamelKeys, toApi } from "../values.js";
import { Resource } from "./resources.js";

/** The collections of the admin API by their names. */
export type CollectionName =
  | "service-providers"
  | "mvpds"
  | "integrations"
  | "applications"
  | "clients"
  | "issuers"
  | "subscribers"
  | "devices"
  | "profiles"
  | "sso-links"
  | "temp-passes"
  | "degradations"
  | "faults";

type Root<Name extends CollectionName> = paths[`/admin/v1/${Name}`];
type One<Name extends CollectionName> = paths[`/admin/v1/${Name}/{id}`];
type Body<Call> = Call extends { requestBody?: { content: { "application/json": infer Content } } }
  ? Content
  : never;

/** Something of a sandbox's world, such as a profile or an MVPD: `entity.valid` reads a member. */
export type Entity<Name extends CollectionName = CollectionName> =
  One<Name>["get"]["responses"][200]["content"]["application/json"];

/** What an entity can be made from. */
export type EntityInput<Name extends CollectionName> = Body<Root<Name>["post"]>;

/** What can be changed of an entity; null takes a member back to its default. */
export type EntityChanges<Name extends CollectionName> = Body<One<Name>["patch"]>;

/** What a list of entities can be narrowed down by. */
export type EntityFilters<Name extends CollectionName> = CamelKeys<
  Omit<NonNullable<Root<Name>["get"]["parameters"]["query"]>, "limit" | "after">
>;

/** A client of the calls that all collections have, which differ in types alone. */
type Calls = Client<{
  "/admin/v1/{collection}": {
    get: Call<{ items: object[]; next: string | null }>;
    post: Call<object>;
    delete: Call<Schemas["Deleted"]>;
  };
  "/admin/v1/{collection}/{id}": { get: Call<object>; patch: Call<object>; delete: Call<undefined> };
  "/admin/v1/{collection}/{id}/{action}": { post: Call<object> };
}>;
interface Call<Answer> {
  parameters: { query?: Record<string, unknown>; path: Record<string, string> };
  requestBody?: { content: { "application/json": object } };
  responses: { 200: { content: { "application/json": Answer } } };
}

/** The entities of one kind, such as `sandbox.profiles`; members are those of the admin API. */
export class Collection<Name extends CollectionName> extends Resource {
  /** Those that match all filters, such as `{ device: "living-room-tv" }`; all of them without any. */
  async list(filters: EntityFilters<Name> = {} as EntityFilters<Name>): Promise<Entity<Name>[]> {
    const found = await pages(
      async (limits) =>
        await data(
          this.calls.GET("/admin/v1/{collection}", {
            params: { path: this.#path(), query: { ...toApi(filters), ...limits } },
          }),
        ),
    );
    return found as Entity<Name>[];
  }

  /** One of them. Throws `AdminError` when there is none with this id. */
  async get(entityId: string): Promise<Entity<Name>> {
    const call = this.calls.GET("/admin/v1/{collection}/{id}", { params: this.#one(entityId) });
    return (await data(call)) as Entity<Name>;
  }

  /** Add one; members that are undefined are left out. */
  async create(members: EntityInput<Name>): Promise<Entity<Name>> {
    const params = { path: this.#path() };
    const call = this.calls.POST("/admin/v1/{collection}", { params, body: members as object });
    return (await data(call)) as Entity<Name>;
  }

  /** Change members of one; null takes a member back to its default. */
  async change(entityId: string, members: EntityChanges<Name>): Promise<Entity<Name>> {
    const call = this.calls.PATCH("/admin/v1/{collection}/{id}", {
      params: this.#one(entityId),
      body: members as object,
    });
    return (await data(call)) as Entity<Name>;
  }

  /** Delete one that nothing refers to. */
  async delete(entityId: string): Promise<void> {
    await this.calls.DELETE("/admin/v1/{collection}/{id}", { params: this.#one(entityId) });
  }

  protected get calls(): Calls {
    return this.connection.admin as unknown as Calls;
  }

  protected async act(entityId: string, action: string): Promise<Entity<Name>> {
    const params = { path: { ...this.#one(entityId).path, action } };
    const call = this.calls.POST("/admin/v1/{collection}/{id}/{action}", { params });
    return (await data(call)) as Entity<Name>;
  }

  #path(): { collection: string } {
    return { collection: this.name };
  }

  #one(id: string): { path: Record<string, string> } {
    return { path: { ...this.#path(), id } };
  }
}

/** The profiles of a sandbox, whoever they belong to, and what can become of them. */
export class StoredProfiles extends Collection<"profiles"> {
  /** The MVPD ended the login. */
  async invalidate(profile: string): Promise<Entity<"profiles">> {
    return await this.act(profile, "invalidate");
  }

  /** The profile's time is over now. */
  async expire(profile: string): Promise<Entity<"profiles">> {
    return await this.act(profile, "expire");
  }
}

/** The registered applications of a sandbox, with their software statements. */
export class Applications extends Collection<"applications"> {
  /** Every app that registered with its statement is locked out. */
  async revoke(application: string): Promise<Entity<"applications">> {
    return await this.act(application, "revoke");
  }

  /** The statement is good again, and so are the apps that registered with it. */
  async approve(application: string): Promise<Entity<"applications">> {
    return await this.act(application, "approve");
  }
}

/** The devices of a sandbox, and claims on them. */
export class KnownDevices extends Collection<"devices"> {
  /**
   * Requests of the device that name no sandbox belong to this one from now on.
   *
   * Where another sandbox has claimed it, that is an `AdminError` unless you `take` it.
   */
  async claim(
    device: string,
    options: { lasting?: Length | undefined; take?: boolean | undefined } = {},
  ): Promise<Schemas["Claim"]> {
    const { lasting, take } = options;
    const body = { ...(lasting !== undefined && { for: duration(lasting) }), ...(take && { take }) };
    const params = { path: { id: device } };
    return await data(this.connection.admin.PUT("/admin/v1/devices/{id}/claim", { params, body }));
  }

  /** End a claim. */
  async unclaim(device: string): Promise<void> {
    const params = { path: { id: device } };
    await this.connection.admin.DELETE("/admin/v1/devices/{id}/claim", { params });
  }
}

/** What a fault does: the code of an error, or an object that says it. */
export type FaultAction = Schemas["FaultInput"]["action"];

/** Which requests a fault meets, and how many. */
export type FaultOptions = Pick<Schemas["FaultInput"], "skip" | "times" | "probability" | "id"> &
  CamelKeys<NonNullable<Schemas["FaultInput"]["match"]>>;

/** What goes wrong on purpose. */
export class Faults extends Collection<"faults"> {
  /**
   * Let requests fail: `add("internal_server_error", { operation: "profiles", times: 2 })`.
   *
   * `action` is the code of an error, or an object such as `{ kind: "status", status: 503 }` or
   * `{ kind: "delay", seconds: 2 }`. `match` says which requests (operation, device, mvpd,
   * serviceProvider, client, platform, resource); `skip` lets the first ones pass, `times` is
   * how many fail after that.
   */
  async add(action: FaultAction, options: FaultOptions = {}): Promise<Entity<"faults">> {
    const { skip, times, probability, id, ...match } = options;
    const body = { ...toApi({ id, skip, times, probability }), match: toApi(match), action };
    return await this.create(body as EntityInput<"faults">);
  }

  /** Delete all faults: how many there were. */
  async clear(): Promise<number> {
    return (await data(this.connection.admin.DELETE("/admin/v1/faults"))).deleted;
  }
}
