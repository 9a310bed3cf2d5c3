/** What the client throws: each kind of failure has a type, with all that the answer said about it. */

import type { Schemas } from "./admin-schemas.js";
import type { Json } from "./values.js";

/** Anything that a call of the client can fail with. */
export class SimulatorError extends Error {
  override name = "SimulatorError";
}

/**
 * No answer came, or none that was whole: refused, cut off, or not in time.
 *
 * Some faults want exactly that. The client never asks twice by itself.
 */
export class NoResponse extends SimulatorError {
  override name = "NoResponse";
  readonly url: string;
  readonly reason: string;

  constructor(url: string, reason: string, options?: ErrorOptions & { message?: string }) {
    super(options?.message ?? `${url} gave no whole answer: ${reason}`, options);
    this.url = url;
    this.reason = reason;
  }
}

/** Nobody listens there, or the host is not known. */
export class Unreachable extends NoResponse {
  override name = "Unreachable";

  constructor(url: string, reason: string, options?: ErrorOptions) {
    const hint = "is it running? Start it with `pass-simulator serve`, or give another url";
    super(url, reason, { ...options, message: `${url} cannot be reached: ${reason}; ${hint}` });
  }
}

/** The url that was to be asked is no http or https URL; `reason` says what it lacks. */
export class InvalidAddress extends NoResponse {
  override name = "InvalidAddress";

  constructor(url: string, reason: string) {
    super(url, reason, { message: `${url} is no URL that can be asked: ${reason}` });
  }
}

/** The certificate is not trusted. */
export class Untrusted extends NoResponse {
  override name = "Untrusted";
}

/** An https url leads to a port where something else than TLS is spoken, such as HTTP. */
export class NotTls extends NoResponse {
  override name = "NotTls";

  constructor(url: string, options?: ErrorOptions) {
    super(url, "what answers there speaks no TLS; try http://", options);
  }
}

/** The file of the authority to trust is not there, or no PEM. */
export class UnreadableAuthority extends SimulatorError {
  override name = "UnreadableAuthority";
  readonly reason: string;

  constructor(cafile: string, reason: string, options?: ErrorOptions) {
    super(`the authority ${cafile} cannot be read: ${reason}`, options);
    this.reason = reason;
  }
}

/** A simulator that was waited for has not started in time; `problem` is why, as of last. */
export class NotReady extends SimulatorError {
  override name = "NotReady";
  readonly problem: string;

  constructor(url: string, timeout: number, problem: string) {
    super(`not ready after ${timeout} s: ${url}: ${problem}`);
    this.problem = problem;
  }
}

/** An answer that is not in the shape of what was asked for, as a proxy's or a fault's may be. */
export class UnexpectedResponse extends SimulatorError {
  override name = "UnexpectedResponse";
  readonly url: string;
  readonly status: number;
  readonly text: string;

  constructor(url: string, status: number, text: string) {
    super(`${url} answered ${status} with something else: ${JSON.stringify(text.slice(0, 200))}`);
    this.url = url;
    this.status = status;
    this.text = text;
  }
}

/**
 * The admin API said no; nothing has changed then.
 *
 * `hint` says what to try next, `fields` names every problem of a document: (path, problem).
 */
export class AdminError extends SimulatorError {
  override name = "AdminError";
  readonly status: number;
  readonly code: string;
  readonly hint: string;
  readonly fields: readonly Readonly<Schemas["FieldProblem"]>[];
  readonly raw: Readonly<Partial<Schemas["Problem"]>>;

  constructor(status: number, error: Readonly<Partial<Schemas["Problem"]>>, note = "") {
    const fields = error.fields ?? [];
    const problems = fields.map(({ path, problem }) => `  ${path}: ${problem}`);
    const { message = `HTTP ${status}`, code = "unknown", hint = "" } = error;
    super([`${message} (${status} ${code})`, ...problems, hint, note].filter(Boolean).join("\n"));
    this.status = status;
    this.code = code;
    this.hint = hint;
    this.fields = fields;
    this.raw = error;
  }
}

/**
 * A device was answered with an error: the enhanced error of REST API V2, or that of registration.
 *
 * `code` is "http_503" and the like where the answer is none of the backend's but a proxy's.
 * `action` is what the backend advises the app to do. `headers` are those of the answer, by
 * lower-case name.
 */
export class DeviceError extends SimulatorError {
  override name = "DeviceError";
  readonly status: number;
  readonly code: string;
  readonly action: string | null;
  readonly details: string | null;
  readonly helpUrl: string | null;
  readonly trace: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly raw: Json;

  constructor(status: number, error: Json, headers: Readonly<Record<string, string>>) {
    const text = (name: string): string | null => {
      const found = error[name];
      return found === undefined || found === null ? null : String(found);
    };
    // Registration says "error" where REST API V2 says "code".
    const code = text("code") || text("error") || "unknown";
    const message = text("message") || (headers["x-sim-reason"] ?? "");
    super(`${message || "refused"} (${status} ${code})`);
    this.status = status;
    this.code = code;
    this.action = text("action");
    this.details = text("details");
    this.helpUrl = text("helpUrl");
    this.trace = text("trace");
    this.headers = headers;
    this.raw = error;
  }
}

/** A journal entry, and where it differs from what was expected. */
export type NearEntry = Schemas["Entry"] & Partial<Pick<Schemas["NearEntry"], "differs">>;

/** A file of a scenario holds something else than UTF-8, on its line `line` first. */
export class NotText extends SimulatorError {
  override name = "NotText";
  readonly file: string;
  readonly line: number;

  constructor(file: string, line: number) {
    super(`${file}:${line}: expected UTF-8 text`);
    this.file = file;
    this.line = line;
  }
}

/** A coverage file that cannot be used: of another program or version, cut off, or merged already. */
export class UnusableCoverage extends SimulatorError {
  override name = "UnusableCoverage";
  readonly hint: string;

  constructor(message: string, hint = "", options?: ErrorOptions) {
    super(message, options);
    this.hint = hint;
  }
}

/** A login was not finished: refused, given up, or nobody came in time. */
export class LoginFailed extends SimulatorError {
  override name = "LoginFailed";
}

/**
 * The journal does not hold what a test expects of it.
 *
 * `nearest` are the entries that come closest. An assertion, so a test that sees it has failed.
 */
export class VerificationError extends SimulatorError {
  override name = "VerificationError";
  readonly count: number | null;
  readonly nearest: readonly NearEntry[];

  constructor(message: string, count: number | null, nearest: readonly NearEntry[]) {
    super(message);
    this.count = count;
    this.nearest = nearest;
  }
}
