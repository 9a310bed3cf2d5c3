/** Logins as the admin API sees them: open codes, and sessions whatever became of them. */

import type { Schemas, paths } from "../admin-schemas.js";
import { data, pages } from "../connection.js";
import { type CamelKeys, toApi } from "../values.js";
import { Resource } from "./resources.js";
import { type Session, session } from "./results.js";

/** What a list of logins can be narrowed down by. */
export type SessionFilters = CamelKeys<
  Omit<
    NonNullable<paths["/admin/v1/sessions"]["get"]["parameters"]["query"]>,
    "limit" | "after"
  >
>;

/** Who logs in with a code; `mvpd` where the session has none. */
export interface ApproveOptions {
  subscriber?: string | undefined;
  mvpd?: string | undefined;
}

/** Authentication codes: logging in by a test's hand, where a person would open the url. */
export class Codes extends Resource {
  /** Those that somebody could still log in with; filters are device, serviceProvider, mvpd, client. */
  async list(filters: SessionFilters = {}): Promise<Session[]> {
    const found = await pages(async (limits) => {
      const query = { ...toApi(filters), ...limits };
      return await data(this.connection.admin.GET("/admin/v1/codes", { params: { query } }));
    });
    return found.map(session);
  }

  /** Somebody logs in; `mvpd` is needed where the session has none yet. */
  async approve(code: string, options: ApproveOptions = {}): Promise<Session> {
    const call = this.connection.admin.POST("/admin/v1/codes/{code}/approve", {
      params: { path: { code } },
      body: toApi({ ...options }),
    });
    return session(await data(call));
  }

  /** Somebody gives up, or is not let in. */
  async deny(code: string): Promise<Session> {
    const params = { path: { code } };
    return session(await data(this.connection.admin.POST("/admin/v1/codes/{code}/deny", { params })));
  }

  /** The code's time is over now. */
  async expire(code: string): Promise<Session> {
    const params = { path: { code } };
    return session(await data(this.connection.admin.POST("/admin/v1/codes/{code}/expire", { params })));
  }

  /** The next session gets this code. */
  async next(code: string): Promise<string> {
    return (await data(this.connection.admin.PUT("/admin/v1/codes/next", { body: { code } }))).code;
  }
}

/** All login attempts, whatever became of them. */
export class Sessions extends Resource {
  /** Those that match all filters: device, serviceProvider, mvpd, client. */
  async list(filters: SessionFilters = {}): Promise<Session[]> {
    const found = await pages(async (limits) => {
      const query = { ...toApi(filters), ...limits };
      return await data(this.connection.admin.GET("/admin/v1/sessions", { params: { query } }));
    });
    return found.map(session);
  }

  /** One of them. Throws `AdminError` when there is none with this code. */
  async get(code: string): Promise<Session> {
    const params = { path: { code } };
    return session(await data(this.connection.admin.GET("/admin/v1/sessions/{code}", { params })));
  }

  /** A code for an app instance that has not asked for one itself. */
  async create(options: CamelKeys<Schemas["SessionBody"]>): Promise<Session> {
    const body = toApi(options) as Schemas["SessionBody"];
    return session(await data(this.connection.admin.POST("/admin/v1/sessions", { body })));
  }

  /** Change what its login is for: mvpd, domainName or redirectUrl. */
  async change(code: string, members: CamelKeys<Schemas["SessionChange"]>): Promise<Session> {
    const params = { path: { code } };
    const body = toApi(members);
    return session(
      await data(this.connection.admin.PATCH("/admin/v1/sessions/{code}", { params, body })),
    );
  }

  /** Forget it; its code is good for nothing then. */
  async delete(code: string): Promise<void> {
    await this.connection.admin.DELETE("/admin/v1/sessions/{code}", { params: { path: { code } } });
  }
}
