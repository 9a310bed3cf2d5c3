/** Sending a request as it is: no header of its own, no redirect followed, nothing asked twice. */

import { readFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import { StringDecoder } from "node:string_decoder";
import { rootCertificates } from "node:tls";
import { getSystemErrorMap } from "node:util";

import {
  InvalidAddress,
  NoResponse,
  NotTls,
  UnexpectedResponse,
  Unreachable,
  UnreadableAuthority,
  Untrusted,
} from "./errors.js";

/** Seconds that opening a connection may take, where a request does not want it sooner. */
const CONNECT_TIMEOUT = 10;
const UNREACHABLE = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);
// What OpenSSL calls it when something else than TLS is answered, from one version to the next.
const NO_TLS = /wrong version number|record layer failure|http request|packet length too long/i;
const UNTRUSTED = /^(ERR_TLS_CERT|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/;

/**
 * A request as it goes out: nothing is added to its url, and redirects are not followed.
 *
 * `timeout` is how many seconds it may take until something of the response arrives, and then until
 * more of it does; null for as long as it takes. `onLine` is called with each line of a successful
 * response as it arrives, and its body is empty then.
 */
export interface Sent {
  method: string;
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: Uint8Array | string | undefined;
  timeout?: number | null;
  onLine?: ((line: string) => void) | undefined;
}

/** A response: its status, its headers by lower-case name, its body, and the url that gave it. */
export class Response {
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;

  constructor(
    url: string,
    status: number,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array,
  ) {
    this.url = url;
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  /** Whether the status says that all went well. */
  get ok(): boolean {
    return isSuccess(this.status);
  }

  /** The body as text. */
  get text(): string {
    return Buffer.from(this.body).toString();
  }

  /** The body as JSON, null where it is empty. Throws `UnexpectedResponse` where it is neither. */
  json(): unknown {
    const text = this.text;
    if (text.trim() === "") {
      return null;
    }
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw new UnexpectedResponse(this.url, this.status, text);
    }
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** The url, where it says whom to ask. Throws `InvalidAddress` where not. */
export function addressOf(url: string): URL {
  if (!/^https?:/i.test(url)) {
    const problem = "it begins with neither http:// nor https://";
    const base = url.replace(/^\/+/, "").split("/", 1)[0]!;
    throw new InvalidAddress(url, url.includes("://") ? problem : `${problem}; try http://${base}`);
  }
  if (!/^https?:\/\/(?:[^/?#@]*@)?[^/?#@]/i.test(url)) {
    throw new InvalidAddress(url, "it names no host");
  }
  try {
    return new URL(url);
  } catch {
    throw new InvalidAddress(url, "its host or port cannot be read");
  }
}

/** Sends requests on connections that are kept; `cafile` is an authority to trust besides the usual ones. */
export class Transport {
  readonly cafile: string | undefined;
  readonly #plain = new http.Agent({ keepAlive: true });
  #secure: https.Agent | undefined;

  constructor(cafile?: string) {
    this.cafile = cafile;
  }

  /** The response to a request, whatever its status. Throws `NoResponse`. */
  async send(sent: Sent): Promise<Response> {
    const address = addressOf(sent.url);
    const secure = address.protocol === "https:";
    const { timeout = 30 } = sent;
    const options: https.RequestOptions = {
      method: sent.method,
      agent: secure ? this.#trusting() : this.#plain,
      headers: outgoing(sent, address),
    };
    return await new Promise((resolve, reject) => {
      const fail = (error: Error): void => reject(noResponse(sent.url, error));
      let request: http.ClientRequest;
      try {
        request = (secure ? https : http).request(address, options);
      } catch (error) {
        fail(error as Error);
        return;
      }
      const late = (): void => {
        request.destroy(new Error("timed out"));
      };
      const connecting = setTimeout(late, 1000 * Math.min(CONNECT_TIMEOUT, timeout ?? CONNECT_TIMEOUT));
      const connected = (): void => clearTimeout(connecting);
      request.on("socket", (socket) => {
        if (socket.connecting) {
          socket.once(secure ? "secureConnect" : "connect", connected);
        } else {
          connected();
        }
      });
      if (timeout !== null) {
        request.setTimeout(1000 * timeout, late);
      }
      request.on("close", connected);
      request.on("error", fail);
      request.on("response", (response) => {
        const status = response.statusCode!;
        const pieces: Buffer[] = [];
        // Not kept: what is followed may go on for days.
        const lines =
          sent.onLine !== undefined && isSuccess(status) ? new Lines(sent.onLine) : undefined;
        // What the reader of a line throws is the reader's, and ends it.
        const read = (reading: () => void): void => {
          try {
            reading();
          } catch (error) {
            reject(error as Error);
            request.destroy();
          }
        };
        response.on("data", (piece: Buffer) => {
          read(() => (lines === undefined ? pieces.push(piece) : lines.add(piece)));
        });
        response.on("error", fail);
        response.on("end", () => {
          read(() => lines?.end());
          const headers = incoming(response.headers);
          resolve(new Response(sent.url, status, headers, Buffer.concat(pieces)));
        });
      });
      request.end(sent.body);
    });
  }

  /** Close the connections that are kept. */
  close(): void {
    this.#plain.destroy();
    this.#secure?.destroy();
  }

  #trusting(): https.Agent {
    if (this.#secure === undefined) {
      const ca = this.cafile === undefined ? {} : { ca: [...rootCertificates, authority(this.cafile)] };
      this.#secure = new https.Agent({ keepAlive: true, ...ca });
    }
    return this.#secure;
  }
}

/** Cuts what arrives into lines. */
class Lines {
  readonly #onLine: (line: string) => void;
  readonly #decoder = new StringDecoder();
  #begun = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  add(piece: Buffer): void {
    const lines = (this.#begun + this.#decoder.write(piece)).split("\n");
    this.#begun = lines.pop()!;
    lines.forEach((line) => this.#onLine(line));
  }

  /** The last line may have no end. */
  end(): void {
    if (this.#begun !== "") {
      this.#onLine(this.#begun);
    }
  }
}

function authority(cafile: string): string {
  let text: string;
  try {
    text = readFileSync(cafile, "utf8");
  } catch (error) {
    throw new UnreadableAuthority(cafile, wordsFor(error as Error), { cause: error });
  }
  if (!text.includes("-----BEGIN CERTIFICATE-----")) {
    throw new UnreadableAuthority(cafile, "it holds no certificate in PEM");
  }
  return text;
}

// Headers are UTF-8 here, and Node takes them for Latin-1, both ways.
function outgoing(sent: Sent, address: URL): http.OutgoingHttpHeaders {
  const headers = Object.entries(sent.headers ?? {});
  const given = new Set(headers.map(([name]) => name.toLowerCase()));
  if (!given.has("host")) {
    headers.unshift(["Host", address.host]);
  }
  if (!given.has("accept-encoding")) {
    headers.push(["Accept-Encoding", "identity"]);
  }
  if (!given.has("authorization") && (address.username || address.password)) {
    const pair = `${decodeURIComponent(address.username)}:${decodeURIComponent(address.password)}`;
    headers.push(["Authorization", `Basic ${Buffer.from(pair).toString("base64")}`]);
  }
  if (sent.body !== undefined || ["PATCH", "POST", "PUT"].includes(sent.method)) {
    headers.push(["Content-Length", String(Buffer.byteLength(sent.body ?? ""))]);
  }
  return Object.fromEntries(
    headers.map(([name, value]) => [name, Buffer.from(value).toString("latin1")]),
  );
}

function incoming(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      const text = Array.isArray(value) ? value.join(", ") : (value ?? "");
      return [name, Buffer.from(text, "latin1").toString()];
    }),
  );
}

/** What to throw where `error` has cut an exchange off, in as few words as there are for it. */
function noResponse(url: string, error: Error): Error {
  if (error instanceof UnreadableAuthority) {
    return error;
  }
  // Where a host has several addresses, each was tried.
  const first = error instanceof AggregateError ? (error.errors[0] as Error) : error;
  const { code = "" } = first as NodeJS.ErrnoException;
  if (code === "EPROTO" || code.startsWith("ERR_SSL_")) {
    return NO_TLS.test(first.message) || NO_TLS.test(code.replaceAll("_", " "))
      ? new NotTls(url, { cause: error })
      : new NoResponse(url, first.message, { cause: error });
  }
  if (UNTRUSTED.test(code)) {
    const reason = `certificate verify failed: ${first.message}`;
    return new Untrusted(url, reason, { cause: error });
  }
  const Kind = UNREACHABLE.has(code) ? Unreachable : NoResponse;
  return new Kind(url, wordsFor(first), { cause: error });
}

/** What the operating system calls an error, else what it says itself. */
function wordsFor(error: Error): string {
  const { errno, message, name } = error as NodeJS.ErrnoException;
  const [, words] = (errno === undefined ? undefined : getSystemErrorMap().get(errno)) ?? [];
  const found = words ?? message;
  return found ? found[0]!.toUpperCase() + found.slice(1) : name;
}
