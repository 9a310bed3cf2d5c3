/** Where a client's calls go: an instance, or one of its sandboxes, and how to speak to it. */

import createClient, { type Client } from "openapi-fetch";

import type { Schemas, paths } from "./admin-schemas.js";
import {
  AdminError,
  InvalidAddress,
  NoResponse,
  NotReady,
  NotTls,
  UnexpectedResponse,
  Untrusted,
} from "./errors.js";
import { type Response as Answer, type Transport, addressOf } from "./transport.js";
import { isJson } from "./values.js";
import { VERSION } from "./version.js";

/** How requests say which sandbox they mean: `/s/{sandbox}/…` or the header X-Sim-Sandbox. */
export type Binding = "path" | "header";

export const JSON_TYPE = "application/json";
// The longest page that there is.
const PAGE = 1000;
// Seconds between two questions: a starting server is left alone, and nobody notices the wait.
const SHORTEST = 0.05;
const LONGEST = 1.0;
// What a server says of a call or a member that it does not have.
const UNKNOWN_CALL = new Set(["route_not_found", "method_not_allowed"]);
const UNPROCESSABLE = 422;
// In front of the data of an event.
const DATA = "data: ";

/** A query; a parameter with several values is given several times. */
export type Query = Readonly<Record<string, string | readonly string[]>>;

/** What a connection is made of; `timeout` is in seconds, null for as long as it takes. */
export interface ConnectionOptions {
  transport: Transport;
  instance: string;
  adminToken?: string | undefined;
  sandbox?: string | undefined;
  binding?: Binding | undefined;
  timeout?: number | null | undefined;
}

/**
 * A request besides what its connection says; `extraTimeout` is what it may take besides, in seconds.
 *
 * `onLine` takes the lines of a successful response.
 */
export interface SendOptions {
  headers?: Readonly<Record<string, string>> | undefined;
  body?: Uint8Array | string | undefined;
  query?: Query | undefined;
  extraTimeout?: number | undefined;
  onLine?: ((line: string) => void) | undefined;
}

/** The way to an instance, or to one of its sandboxes. */
export class Connection {
  readonly transport: Transport;
  readonly instance: string;
  readonly adminToken: string | undefined;
  readonly sandbox: string | undefined;
  readonly binding: Binding;
  readonly timeout: number | null;
  #admin: Client<paths, typeof JSON_TYPE> | undefined;

  constructor(options: ConnectionOptions) {
    this.transport = options.transport;
    // A variable from a file may have the end of its line behind it.
    this.instance = options.instance.trim().replace(/\/+$/, "");
    this.adminToken = options.adminToken?.trim();
    this.sandbox = options.sandbox;
    this.binding = options.binding ?? "path";
    this.timeout = options.timeout === undefined ? 30 : options.timeout;
  }

  /** The way to the instance. */
  get withoutSandbox(): Connection {
    return new Connection({ ...this.#options, sandbox: undefined });
  }

  /** The way to a sandbox of the same instance. */
  to(sandbox: string, binding?: Binding): Connection {
    return new Connection({ ...this.#options, sandbox, binding: binding ?? this.binding });
  }

  get #options(): ConnectionOptions {
    const { transport, instance, adminToken, sandbox, binding, timeout } = this;
    return { transport, instance, adminToken, sandbox, binding, timeout };
  }

  get #token(): Record<string, string> {
    return this.adminToken ? { Authorization: `Bearer ${this.adminToken}` } : {};
  }

  /** What paths are put behind. */
  get base(): string {
    const { sandbox, binding, instance } = this;
    return sandbox === undefined || binding === "header"
      ? instance
      : `${instance}/s/${encodeURIComponent(sandbox)}`;
  }

  /** The admin API, each call typed by its OpenAPI document. Calls throw `AdminError`. */
  get admin(): Client<paths, typeof JSON_TYPE> {
    // First, so that what is wrong with it is said in our words.
    addressOf(this.instance);
    this.#admin ??= createClient<paths, typeof JSON_TYPE>({
      baseUrl: withoutUser(this.base),
      fetch: this.asking(),
    });
    return this.#admin;
  }

  /** How `admin` asks, for calls that may take longer by `extraTimeout` seconds. */
  asking(extraTimeout = 0): (request: Request) => Promise<Response> {
    return async (request) => {
      const text = await request.text();
      const headers: Record<string, string> = { Accept: JSON_TYPE };
      if (text) {
        headers["Content-Type"] = JSON_TYPE;
      }
      const { method } = request;
      const { pathname, search } = new URL(request.url);
      const path = pathname.slice(new URL(`${withoutUser(this.base)}/`).pathname.length - 1) + search;
      const body = text || undefined;
      const answer = await this.adminSend(method, path, { headers, body, extraTimeout });
      const found = answer.json();
      if (found !== null && !isJson(found)) {
        throw new UnexpectedResponse(answer.url, answer.status, answer.text);
      }
      const nothing = found === null;
      return new Response(nothing ? null : answer.text, { status: nothing ? 204 : answer.status });
    };
  }

  /** A good response to a call of the admin API. Throws `AdminError`, `UnexpectedResponse`. */
  async adminSend(method: string, path: string, options: SendOptions = {}): Promise<Answer> {
    const headers = { ...this.#token, ...options.headers };
    const answer = await this.send(method, path, { ...options, headers });
    if (answer.ok) {
      return answer;
    }
    const found = answer.json();
    if (!isJson(found) || !isJson(found["error"])) {
      throw new UnexpectedResponse(answer.url, answer.status, answer.text);
    }
    const error = found["error"] as unknown as Schemas["Problem"];
    const unknown = UNKNOWN_CALL.has(error.code) || answer.status === UNPROCESSABLE;
    const call = `${method} ${path.split("?", 1)[0]!}`;
    throw new AdminError(answer.status, error, unknown ? await this.#ifOlder(call, error) : "");
  }

  /**
   * Call `onEvent` with the data of each event of `/admin/v1/events`, as it happens.
   *
   * It ends when the simulator stops. Throws `AdminError`.
   */
  async events(query: Query, onEvent: (raw: unknown) => void): Promise<void> {
    const onLine = (line: string): void => {
      if (line.startsWith(DATA)) {
        onEvent(JSON.parse(line.slice(DATA.length)));
      }
    };
    await this.adminSend("GET", "/admin/v1/events", { query, onLine });
  }

  /** The response to a request, whatever its status. */
  async send(method: string, path: string, options: SendOptions = {}): Promise<Answer> {
    addressOf(this.instance);
    const { sandbox, binding, timeout } = this;
    const bound: Record<string, string> =
      sandbox !== undefined && binding === "header" ? { "X-Sim-Sandbox": sandbox } : {};
    const whole = path.split("?", 1)[0]!.includes("://");
    return await this.transport.send({
      method,
      url: (whole ? path : this.base + path) + queryText(options.query),
      headers: { ...bound, ...options.headers },
      body: options.body,
      onLine: options.onLine,
      timeout: timeout === null ? null : timeout + (options.extraTimeout ?? 0),
    });
  }

  /** The absolute form of a `url` that a response of the simulator named, maybe root-relative. */
  absolute(url: string): string {
    return new URL(url, `${this.instance}/`).href;
  }

  /**
   * Ask until the instance has started. Throws `NotReady` after `timeout` seconds.
   *
   * What waiting does not mend is thrown at once: `InvalidAddress`, `NotTls`, `Untrusted`.
   */
  async waitUntilReady(timeout: number): Promise<void> {
    const deadline = performance.now() + 1000 * timeout;
    for (let delay = SHORTEST; ; delay = Math.min(2 * delay, LONGEST)) {
      let problem: string;
      try {
        const answer = await this.send("GET", "/readyz");
        if (answer.ok) {
          return;
        }
        problem = `it answers HTTP ${answer.status}`;
      } catch (error) {
        const final = [InvalidAddress, NotTls, Untrusted].some((kind) => error instanceof kind);
        if (final || !(error instanceof NoResponse)) {
          throw error;
        }
        problem = error.reason;
      }
      const left = (deadline - performance.now()) / 1000;
      if (left <= 0) {
        throw new NotReady(this.instance, timeout, problem);
      }
      await pause(Math.min(delay, left));
    }
  }

  /** What to say of a refusal that may come of the server's age; nothing where it is not older. */
  async #ifOlder(call: string, error: Schemas["Problem"]): Promise<string> {
    let version: unknown;
    try {
      const headers = this.#token;
      const answer = await this.withoutSandbox.send("GET", "/admin/v1/version", { headers });
      version = (answer.json() as { version?: unknown } | null)?.version;
    } catch {
      return "";
    }
    if (typeof version !== "string" || !isOlder(version, VERSION)) {
      return "";
    }
    const missing = UNKNOWN_CALL.has(error.code)
      ? call
      : `${error.fields.map(({ path }) => `\`${path}\``).join(", ") || "all that was sent"} of ${call}`;
    return (
      `The simulator at ${this.instance} is version ${version}, older than this client (${VERSION}), ` +
      `and may not have ${missing} yet; update it, or use pass-simulator@${version} from npm.`
    );
  }
}

/** What a call of `Connection.admin` came to; those that throw are thrown. */
export async function data<Data>(call: Promise<{ data?: Data }>): Promise<Exclude<Data, undefined>> {
  return (await call).data as Exclude<Data, undefined>;
}

/** The items of a list, page after page, `most` of them or all. */
export async function pages<Item>(
  page: (limits: { limit: number; after?: string }) => Promise<{
    items: readonly Item[];
    next: string | null;
  }>,
  most = Infinity,
): Promise<Item[]> {
  const items: Item[] = [];
  let after: { after?: string } = {};
  while (items.length < most) {
    const found = await page({ limit: Math.min(PAGE, most - items.length), ...after });
    items.push(...found.items);
    if (found.next === null) {
      break;
    }
    after = { after: found.next };
  }
  return items;
}

/** Wait for so many seconds. */
export async function pause(seconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
}

function queryText(query: Query | undefined): string {
  const found = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const each of typeof value === "string" ? [value] : value) {
      found.append(name, each);
    }
  }
  return found.size > 0 ? `?${found.toString()}` : "";
}

/** `fetch` takes no url that names a user; the transport says who it is. */
function withoutUser(url: string): string {
  return url.replace(/^(https?:\/\/)[^/@]*@/i, "$1");
}

function isOlder(version: string, than: string): boolean {
  const [ours, theirs] = [than, version].map((each) => each.split(/[.+-]/).map(Number)) as [
    number[],
    number[],
  ];
  for (const [place, number] of ours.entries()) {
    const other = theirs[place] ?? 0;
    if (other !== number) {
      return other < number;
    }
  }
  return false;
}
