/**
 * What an app on a Roku does about TV Everywhere, by plain HTTP requests as roUrlTransfer makes them.
 *
 * Nothing in it knows of a simulator: `adobe` is Adobe's host, whichever it is.
 */

const CHANNEL = "REF30";
const DEVICE_INFO = {
  primaryHardwareType: "SetTopBox",
  model: "Roku Ultra",
  version: "4850X",
  manufacturer: "Roku",
  osName: "Roku OS",
  osVendor: "Roku",
  osVersion: "14.1",
  connectionType: "WiFi",
};

const REFUSED = "invalid_access_token_client_application";

type Answer = Readonly<Record<string, unknown>>;

/** What a decision came to: the media token to play with, or why not. */
export type Ticket = { readonly mediaToken: string } | { readonly reason: string };

export interface RokuOptions {
  readonly adobe: string;
  readonly softwareStatement: string;
  readonly channelClientId: string;
  /** Milliseconds between two questions whether somebody has signed in. */
  readonly pollEvery?: number;
}

export class RokuClient {
  readonly #options: RokuOptions;
  #token: string | undefined;

  constructor(options: RokuOptions) {
    this.#options = options;
  }

  /** The code to show, and `done`, which is the provider that somebody signed in with. */
  async signIn(): Promise<{ code: string; done: Promise<string> }> {
    const { code } = await this.#api(`sessions`, new URLSearchParams());
    return { code: String(code), done: this.#poll(String(code)) };
  }

  /** The providers that somebody is signed in with. */
  async signedIn(): Promise<string[]> {
    return Object.keys((await this.#api("profiles"))["profiles"] as object);
  }

  async play(mvpd: string, resource: string): Promise<Ticket> {
    const body = JSON.stringify({ resources: [resource] });
    const answer = await this.#api(`decisions/authorize/${mvpd}`, body);
    const [decision] = answer["decisions"] as {
      authorized: boolean;
      token?: { serializedToken: string };
      error?: { code: string };
    }[];
    return decision?.authorized && decision.token
      ? { mediaToken: decision.token.serializedToken }
      : { reason: decision?.error?.code ?? "unknown" };
  }

  async signOut(mvpd: string): Promise<void> {
    await this.#api(`logout/${mvpd}?redirectUrl=${encodeURIComponent("https://app.example/")}`);
  }

  async #poll(code: string): Promise<string> {
    for (;;) {
      const found = Object.keys((await this.#api(`profiles/code/${code}`))["profiles"] as object);
      if (found[0] !== undefined) {
        return found[0];
      }
      await new Promise((resolve) => setTimeout(resolve, this.#options.pollEvery ?? 5_000));
    }
  }

  async #api(path: string, body?: URLSearchParams | string): Promise<Answer> {
    this.#token ??= await this.#register();
    const answer = await this.#send(`/api/v2/${CHANNEL}/${path}`, body, this.#token);
    if (answer["code"] !== REFUSED) {
      return answer;
    }
    // As the backend advises: register anew, and try once more.
    this.#token = await this.#register();
    return await this.#send(`/api/v2/${CHANNEL}/${path}`, body, this.#token);
  }

  async #register(): Promise<string> {
    const statement = JSON.stringify({ software_statement: this.#options.softwareStatement });
    const client = await this.#send("/o/client/register", statement);
    const granted = await this.#send(
      "/o/client/token",
      new URLSearchParams({
        client_id: String(client["client_id"]),
        client_secret: String(client["client_secret"]),
        grant_type: "client_credentials",
      }),
    );
    return String(granted["access_token"]);
  }

  async #send(path: string, body?: URLSearchParams | string, token?: string): Promise<Answer> {
    const answer = await fetch(this.#options.adobe + path, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        "AP-Device-Identifier": `fingerprint ${btoa(this.#options.channelClientId)}`,
        "X-Device-Info": btoa(JSON.stringify(DEVICE_INFO)),
        "User-Agent": "Roku/DVP-14.1 (14.1.4.3400-88)",
        ...(typeof body === "string" && { "Content-Type": "application/json" }),
        ...(token && { Authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body }),
    });
    if (answer.status >= 500) {
      throw new Error(`the backend is not well: HTTP ${answer.status}`);
    }
    const found = (await answer.json()) as Answer;
    if (!answer.ok && found["code"] !== REFUSED) {
      throw new Error(`the backend refused: ${String(found["code"] ?? found["error"])}`);
    }
    return found;
  }
}
