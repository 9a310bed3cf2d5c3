/** The journal of a sandbox: what devices asked, what they were answered, and why. */

import type { Schemas } from "../admin-schemas.js";
import { data, pages } from "../connection.js";
import { type NearEntry, VerificationError } from "../errors.js";
import { type Instant, type Length, duration, secondsOf } from "../times.js";
import { type CamelKeys, toApi } from "../values.js";
import { Resource } from "./resources.js";
import {
  type JournalEntry,
  type Verification,
  type Waited,
  journalEntry,
  verification,
  waited,
} from "./results.js";

/** Members of journal entries, each with its value or a list of those that will do. */
export type Match = Omit<CamelKeys<Schemas["MatchBody"]>, "since" | "until"> & {
  /** Not before. */
  since?: Instant | null | undefined;
  /** Before. */
  until?: Instant | null | undefined;
};

/** How many entries are expected, at least one if nothing is said. */
export interface Expected {
  exactly?: number | undefined;
  atLeast?: number | undefined;
  atMost?: number | undefined;
}

/** What can be waited for, by name. */
export type AwaitedKind = keyof Schemas["Condition"];

/** What is waited for has these members. */
export type Wanted<Kind extends AwaitedKind> = CamelKeys<NonNullable<Schemas["Condition"][Kind]>>;

/**
 * `sandbox.requests`.
 *
 * `match` names members of entries, such as `operation: "logout"`, `device: "living-room-tv"`,
 * `rule: "L5"` or `status: "5xx"`; an entry has to fulfil all of them. A list means any of its values,
 * `generation` is a number, "current" or "any".
 */
export class Journal extends Resource {
  /** The entries that match, in the order in which they were answered; with `newest` so many. */
  async list(options: { newest?: number | undefined } & Match = {}): Promise<JournalEntry[]> {
    const { newest, ...match } = options;
    const found = await pages(async (limits) => {
      const order = newest === undefined ? {} : { order: "newest" as const };
      const query = { ...inQuery(match), ...order, ...limits };
      return await data(this.connection.admin.GET("/admin/v1/requests", { params: { query } }));
    }, newest);
    const entries = found.map(journalEntry);
    return newest === undefined ? entries : entries.reverse();
  }

  /**
   * Call `onEntry` with each entry that matches, as it is written, until the simulator stops.
   *
   * With `newest` it begins with so many of those that there are. What `onEntry` throws ends it.
   */
  async follow(
    onEntry: (entry: JournalEntry) => void,
    options: { newest?: number | undefined } & Match = {},
  ): Promise<void> {
    const { newest = 0, ...match } = options;
    const query = { ...inQuery(match), kind: "request", newest: String(newest) };
    await this.connection.events(query, (raw) => onEntry(journalEntry(raw as Schemas["Entry"])));
  }

  /** One entry, with the request and the answer, their secrets left out. */
  async get(request: string): Promise<JournalEntry> {
    const params = { path: { id: request } };
    return journalEntry(await data(this.connection.admin.GET("/admin/v1/requests/{id}", { params })));
  }

  /** The entries that match as an HTTP Archive (HAR 1.2), which browsers' tools show. */
  async har(match: Match = {}): Promise<Schemas["Archive"]> {
    const params = { query: inQuery(match) };
    return await data(this.connection.admin.GET("/admin/v1/requests.har", { params }));
  }

  /** How many entries match, in the current generation unless one is named. */
  async count(match: Match = {}): Promise<number> {
    const body = { match: toApi(match) };
    return (await data(this.connection.admin.POST("/admin/v1/requests/count", { body }))).count;
  }

  /** Whether as many entries match as expected, at least one if nothing is said. */
  async check(options: Expected & Match = {}): Promise<Verification> {
    const { exactly, atLeast, atMost, ...match } = options;
    return await this.#verify({ match: toApi(match), ...toApi({ exactly, atLeast, atMost }) });
  }

  /**
   * The same as an assertion: `verify({ operation: "logout", rule: "L5", exactly: 1 })`.
   *
   * Throws `VerificationError`, an assertion that shows the entries that come closest.
   */
  async verify(options: Expected & Match = {}): Promise<Verification> {
    const { exactly, atLeast, atMost, ...match } = options;
    const numbers = toApi({ exactly, atLeast, atMost });
    const found = await this.#verify({ match: toApi(match), ...numbers });
    return checked(found, describeNumbers(numbers), [match]);
  }

  /**
   * Requests came one after another, whatever came in between.
   *
   * `verifyOrder({ operation: "create_session" }, { operation: "profile_by_code" })`; throws
   * `VerificationError`.
   */
  async verifyOrder(...matches: readonly Match[]): Promise<Verification> {
    const found = await this.#verify({ in_order: matches.map((each) => toApi(each)) });
    return checked(found, "one after another", matches);
  }

  /**
   * Wait until something is there: `wait("profile", { device: "living-room-tv", mvpd: "Dish" })`.
   *
   * Throws `VerificationError` with the requests that came instead when the time is over. That is
   * real time, also where the sandbox's clock stands still.
   */
  async wait<Kind extends AwaitedKind>(
    kind: Kind,
    options: { within?: Length | undefined } & Wanted<Kind> = {} as Wanted<Kind>,
  ): Promise<Waited> {
    const { within = "PT10S", ...wanted } = options as { within?: Length };
    const raw = await data(
      this.connection.admin.POST("/admin/v1/requests/wait", {
        body: { for: { [kind]: toApi(wanted) }, timeout: duration(within) },
        fetch: this.connection.asking(secondsOf(within)),
      }),
    );
    if (raw.met) {
      return waited(raw);
    }
    const late = `no ${kind} with ${describeMatch(wanted)} within ${duration(within)}`;
    const dropped = "entries have been dropped that may have been of it";
    const instead = raw.instead ?? [];
    const message = raw.incomplete ? `${late}; ${dropped}` : late;
    throw new VerificationError(withEntries(message, instead), null, instead);
  }

  /** Forget all entries, events included, and nothing else: how many requests there were. */
  async clear(): Promise<number> {
    return (await data(this.connection.admin.DELETE("/admin/v1/requests"))).deleted;
  }

  async #verify(body: Schemas["ExpectationBody"]): Promise<Verification> {
    return verification(await data(this.connection.admin.POST("/admin/v1/requests/verify", { body })));
  }
}

// In a query everything is text.
function inQuery(match: Match): Record<string, never> {
  const texts = Object.entries(toApi(match)).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map(String) : String(value),
  ]);
  return Object.fromEntries(texts) as Record<string, never>;
}

function checked(found: Verification, expected: string, matches: readonly Match[]): Verification {
  if (found.verified) {
    return found;
  }
  const wanted = `expected ${expected} with ${matches.map(describeMatch).join("; ")}`;
  if (found.incomplete) {
    const reason = "but entries have been dropped that may have counted; verify earlier";
    throw new VerificationError(`${wanted}, ${reason}`, null, found.nearest);
  }
  const message = withEntries(`${wanted}, found ${found.count}`, found.nearest);
  throw new VerificationError(message, found.count, found.nearest);
}

function withEntries(message: string, nearest: readonly NearEntry[]): string {
  const lines = nearest.flatMap((entry) => [
    `  ${entry.id} ${shown(entry.operation)} → ${shown(entry.status)} from ${shown(entry.device)}`,
    ...(entry.differs ?? []).map(
      ({ field, expected, found }) =>
        `    ${field}: expected ${shown(expected)}, found ${shown(found)}`,
    ),
  ]);
  return [message, ...lines].join("\n");
}

function describeNumbers(numbers: Readonly<Record<string, unknown>>): string {
  const said = Object.entries(numbers).map(([name, number]) => `${name.replace("_", " ")} ${number}`);
  return said.join(" and ") || "at least 1";
}

function describeMatch(match: object): string {
  const said = Object.entries(match).map(([name, value]) => `${name}=${quoted(value)}`);
  return said.join(", ") || "anything";
}

// As Python writes them, so that a failure reads the same in both languages.
function quoted(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(quoted).join(", ")}]`;
  }
  if (typeof value === "string") {
    return value.includes("'") && !value.includes('"') ? `"${value}"` : `'${value.replaceAll("'", "\\'")}'`;
  }
  return value instanceof Date ? `'${value.toISOString()}'` : shown(value);
}

function shown(value: unknown): string {
  if (value === null || value === undefined) {
    return "None";
  }
  if (typeof value === "boolean") {
    return value ? "True" : "False";
  }
  return typeof value === "object" ? quoted(value) : String(value);
}
