/** An app as it is installed on a device: which application it is, and how it came to its access token. */

import type { Schemas } from "../admin-schemas.js";
import { type Connection, JSON_TYPE, data, pages } from "../connection.js";
import { DeviceError, SimulatorError, UnexpectedResponse } from "../errors.js";
import type { Response } from "../transport.js";
import { type Json, isJson } from "../values.js";

export const FORM_TYPE = "application/x-www-form-urlencoded";
/** The code that says of an access token that it will not do any more. */
export const REFUSED = "invalid_access_token_client_application";

/** What an application needs to call REST API V2. */
const SCOPE = "api:client:v2";
const TEN_YEARS = 10 * 365 * 86_400;

type Application = Schemas["Application"];

/** Whom an app works for: a channel, a domain of it, and where user agents are sent back to. */
export interface AppIdentity {
  readonly application: Application;
  readonly serviceProvider: string;
  readonly domain: string;
  readonly redirectUrl: string;
}

/** `described` are the headers that tell of its device, but not which one it is: registration has them, too. */
export interface AppOptions {
  described: Readonly<Record<string, string>>;
  application?: string | undefined;
  serviceProvider?: string | undefined;
  minted?: boolean | undefined;
  renews?: boolean | undefined;
}

/** One installed app; what it has found out and been given stays with it. */
export class App {
  readonly renews: boolean;
  readonly #options: AppOptions;
  #identity: AppIdentity | undefined;
  #client: Json | undefined;
  #token: string | undefined;

  constructor(options: AppOptions) {
    this.#options = options;
    this.renews = options.renews ?? true;
  }

  /** Be as freshly installed. */
  forget(): void {
    this.#identity = this.#client = this.#token = undefined;
  }

  /** Whom it works for. Throws `SimulatorError` where the sandbox has nothing for it. */
  async findIdentity(connection: Connection): Promise<AppIdentity> {
    if (this.#identity === undefined) {
      const application = await this.#application(connection);
      const provider = await this.#provider(connection, application);
      const domain = provider.domains[0] ?? "app.example";
      this.#identity = {
        application,
        serviceProvider: provider.id,
        domain,
        redirectUrl: provider.default_redirect_url || `https://${domain}/`,
      };
    }
    return this.#identity;
  }

  /** Its access token, after registration where it has none yet. */
  async findToken(connection: Connection): Promise<string> {
    if (this.#token === undefined) {
      const { application } = await this.findIdentity(connection);
      let client: Json | undefined;
      let token: string;
      if (this.#options.minted) {
        token = await mint(connection, application);
      } else {
        client = await this.#register(connection, application);
        token = await this.#askForToken(connection, client);
      }
      // Of two calls that came here at once, one was first; both go on with what it got.
      if (this.#token === undefined) {
        this.#client = client;
        this.#token = token;
      }
    }
    return this.#token;
  }

  /**
   * A new access token instead of the `refused`, as the backend advises; false if there is none.
   *
   * The client asks for one, and registers anew where it is not known any more.
   */
  async replaceToken(connection: Connection, refused: string): Promise<boolean> {
    if (this.#token !== refused) {
      return true;
    }
    if (this.#client !== undefined) {
      try {
        this.#token = await this.#askForToken(connection, this.#client);
        return true;
      } catch (error) {
        if (!(error instanceof DeviceError)) {
          throw error;
        }
        this.#client = undefined;
      }
    }
    this.#token = undefined;
    try {
      await this.findToken(connection);
    } catch (error) {
      if (!(error instanceof DeviceError)) {
        throw error;
      }
      return false;
    }
    return true;
  }

  /** Dynamic Client Registration: a software statement becomes a client. */
  async #register(connection: Connection, application: Application): Promise<Json> {
    const answer = await connection.send("POST", "/o/client/register", {
      headers: { ...this.#options.described, "Content-Type": JSON_TYPE },
      body: JSON.stringify({ software_statement: application.software_statement }),
    });
    return deviceJson(answer);
  }

  /** A client becomes an access token. */
  async #askForToken(connection: Connection, client: Json): Promise<string> {
    const parameters = new URLSearchParams({
      client_id: String(client["client_id"]),
      client_secret: String(client["client_secret"]),
      grant_type: "client_credentials",
    });
    const answer = await connection.send("POST", "/o/client/token", {
      headers: { ...this.#options.described, "Content-Type": FORM_TYPE },
      body: parameters.toString(),
    });
    return String(deviceJson(answer)["access_token"]);
  }

  async #application(connection: Connection): Promise<Application> {
    const { application: id, serviceProvider } = this.#options;
    if (id !== undefined) {
      const params = { path: { id } };
      return await data(connection.admin.GET("/admin/v1/applications/{id}", { params }));
    }
    const all = await pages(
      async (query) =>
        await data(connection.admin.GET("/admin/v1/applications", { params: { query } })),
    );
    const suitable = all.filter((each) => !each.revoked && this.#serves(each));
    const scoped = suitable.filter((each) => each.scopes.includes(SCOPE));
    // No list of channels means all of them.
    const breadth = (each: Application): number => each.service_providers.length || Infinity;
    const [best] = (scoped.length > 0 ? scoped : suitable).sort((one, other) =>
      breadth(one) === breadth(other) ? 0 : breadth(other) - breadth(one),
    );
    if (best === undefined) {
      const wanted = serviceProvider ? ` for ${serviceProvider}` : "";
      const message = `the sandbox has no application${wanted} that is not revoked; seed one`;
      throw new SimulatorError(message);
    }
    return best;
  }

  #serves(application: Application): boolean {
    const { service_providers: named } = application;
    const { serviceProvider } = this.#options;
    return named.length === 0 || serviceProvider === undefined || named.includes(serviceProvider);
  }

  async #provider(
    connection: Connection,
    application: Application,
  ): Promise<Schemas["ServiceProvider"]> {
    const id = this.#options.serviceProvider ?? application.service_providers[0];
    if (id !== undefined) {
      const params = { path: { id } };
      return await data(connection.admin.GET("/admin/v1/service-providers/{id}", { params }));
    }
    const found = await data(connection.admin.GET("/admin/v1/service-providers"));
    const [first] = found.items;
    if (first === undefined) {
      throw new SimulatorError("the sandbox has no service provider; seed one");
    }
    return first;
  }
}

async function mint(connection: Connection, application: Application): Promise<string> {
  // A second one would be that of another app instance, so it has to last.
  const body = { application: application.id, expires_in: TEN_YEARS };
  return (await data(connection.admin.POST("/admin/v1/tokens", { body }))).access_token;
}

/** The JSON object that a device was answered with. Throws `DeviceError`, `UnexpectedResponse`. */
export function deviceJson(answer: Response): Json {
  let found: unknown;
  try {
    found = answer.json();
  } catch (error) {
    if (answer.ok) {
      throw error;
    }
  }
  if (!isJson(found)) {
    if (answer.ok) {
      throw new UnexpectedResponse(answer.url, answer.status, answer.text);
    }
    // Not the backend's own words, but those of a proxy in front of it.
    found = { code: `http_${answer.status}`, message: answer.text.slice(0, 200) };
  }
  const json = found as Json;
  if (answer.ok) {
    return json;
  }
  // The SSO service wraps its errors; a sandbox that is gone is told in the admin API's shape.
  throw new DeviceError(answer.status, isJson(json["error"]) ? json["error"] : json, answer.headers);
}
