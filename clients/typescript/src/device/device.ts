/** Playing a device: an app on it that registers, logs in, asks for decisions and logs out. */

import { type Connection, JSON_TYPE, data, pause } from "../connection.js";
import { DeviceError, LoginFailed } from "../errors.js";
import type { Response } from "../transport.js";
import { type Json, maybeOmitted } from "../values.js";
import { type App, FORM_TYPE, REFUSED, deviceJson } from "./app.js";
import {
  type Configuration,
  type Decision,
  type Landing,
  type LoginDetails,
  type LoginStep,
  type Logout,
  type Profile,
  configuration,
  decision,
  loginDetails,
  loginStep,
  logout,
  objects,
  profilesByMvpd,
} from "./results.js";

/** What single sign-on and partners have an app send, by what it is called here. */
export interface SsoHeaders {
  serviceToken?: string | undefined;
  subjectToken?: string | undefined;
  rokuToken?: string | undefined;
  partnerStatus?: string | undefined;
  tempPassIdentity?: string | undefined;
}

const SSO_HEADERS: Readonly<Record<keyof SsoHeaders, string>> = {
  serviceToken: "AD-Service-Token",
  subjectToken: "Adobe-Subject-Token",
  rokuToken: "X-Roku-Reserved-Roku-Connect-Token",
  partnerStatus: "AP-Partner-Framework-Status",
  tempPassIdentity: "AP-TempPass-Identity",
};

/** For which domain a login is, and where it ends; those of the channel if nothing is said. */
export interface LoginOptions {
  domain?: string | undefined;
  redirectUrl?: string | undefined;
}

/** With `follow` the url of the answer is opened. */
export interface LogoutOptions {
  follow?: boolean | undefined;
}

/** Which partner; Apple if nothing is said. */
export interface PartnerOptions {
  partner?: string | undefined;
}

/** What a request has besides its method and path. */
export interface RequestOptions {
  headers?: Readonly<Record<string, string>> | undefined;
  body?: Uint8Array | string | undefined;
}

/**
 * An app on a device, as `sandbox.device("living-room-tv", { platform: "Roku" })` makes it.
 *
 * It sends what a well-behaved app would send: it registers before its first call, and when its
 * access token is refused it gets another one and tries once more. Any other error that it is
 * answered with is thrown as `DeviceError`.
 */
export class Device {
  /** The plain identifier. */
  readonly id: string;
  readonly #connection: Connection;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #app: App;

  /** @internal */
  constructor(
    connection: Connection,
    device: string,
    headers: Readonly<Record<string, string>>,
    app: App,
  ) {
    this.#connection = connection;
    this.id = device;
    this.#headers = headers;
    this.#app = app;
  }

  /** What it sends with each call, but for its access token. */
  get headers(): Record<string, string> {
    return { ...this.#headers };
  }

  /** The same app, sending more headers: those of single sign-on by name, others as `headers`. */
  sending(options: SsoHeaders & { headers?: Readonly<Record<string, string>> | undefined }): Device {
    const { headers, ...sso } = options;
    const named = Object.entries(sso)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [SSO_HEADERS[name as keyof SsoHeaders], value as string] as const);
    const all = { ...this.#headers, ...Object.fromEntries(named), ...headers };
    return new Device(this.#connection, this.id, all, this.#app);
  }

  // Registration

  /** Register anew, as an app that was just installed: the access token. */
  async register(): Promise<string> {
    this.#app.forget();
    return await this.#app.findToken(this.#connection);
  }

  /** Its access token, after registration where it has none yet. */
  async accessToken(): Promise<string> {
    return await this.#app.findToken(this.#connection);
  }

  // Login

  /**
   * Create an authentication session, and with it the code that somebody logs in with.
   *
   * Without `mvpd` only the code is asked for, and a second screen has to say the rest.
   */
  async startLogin(mvpd?: string | LoginOptions, options?: LoginOptions): Promise<LoginStep> {
    const [name, how] = maybeOmitted(mvpd, options);
    const wanted = name === undefined ? {} : await this.#loginParameters(name, how);
    return await this.#loginStep("sessions", wanted);
  }

  /** Say what a session lacks, as a second screen does for the device that shows the code. */
  async resumeLogin(code: string, mvpd: string, options: LoginOptions = {}): Promise<LoginStep> {
    const wanted = await this.#loginParameters(mvpd, options);
    return await this.#loginStep(`sessions/${encodeURIComponent(code)}`, wanted);
  }

  /** What there is to know of a code that a device shows. */
  async loginDetails(code: string): Promise<LoginDetails> {
    return loginDetails(await this.#api("GET", `sessions/${encodeURIComponent(code)}`));
  }

  /**
   * Log in from beginning to end: start, let the code be approved, and fetch the profile.
   *
   * Where the device is logged in already, its profile is fetched. `subscriber` is who logs in,
   * else whom the simulator takes. Throws `LoginFailed`, `DeviceError`.
   */
  async login(mvpd: string, subscriber?: string): Promise<Profile> {
    const step = await this.startLogin(mvpd);
    let found: Profile | null;
    if (step.action === "authenticate") {
      const { code } = step;
      const body = subscriber === undefined ? {} : { subscriber };
      const params = { path: { code } };
      await data(
        this.#connection.admin.POST("/admin/v1/codes/{code}/approve", { params, body }),
      );
      found = await this.profileByCode(code);
    } else if (step.action === "authorize") {
      found = await this.profile(mvpd);
    } else {
      const missing = step.missing.join(", ");
      throw new LoginFailed(`${mvpd} asks for more: ${step.action}, missing ${missing}`);
    }
    if (found === null) {
      throw new LoginFailed(`${mvpd} left no profile on ${this.id} after the login`);
    }
    return found;
  }

  /**
   * Ask for the profile of a code again and again, until somebody has logged in.
   *
   * `timeout` and `every` are seconds. Throws `LoginFailed` when nobody came.
   */
  async waitForLogin(
    code: string,
    options: { timeout?: number | undefined; every?: number | undefined } = {},
  ): Promise<Profile> {
    const { timeout = 30, every = 0.5 } = options;
    for (let waited = 0; ; waited += every) {
      const found = await this.profileByCode(code);
      if (found !== null) {
        return found;
      }
      if (waited >= timeout) {
        throw new LoginFailed(`nobody logged in with the code ${code} within ${timeout} s`);
      }
      await pause(every);
    }
  }

  // Profiles, configuration

  /** Its logins, by MVPD. */
  async profiles(): Promise<Record<string, Profile>> {
    return profilesByMvpd(await this.#api("GET", "profiles"));
  }

  /** Its login at an MVPD, null where it has none. */
  async profile(mvpd: string): Promise<Profile | null> {
    return await this.#firstProfile(`profiles/${encodeURIComponent(mvpd)}`);
  }

  /** The login that came of a code, null as long as nobody logged in with it. */
  async profileByCode(code: string): Promise<Profile | null> {
    return await this.#firstProfile(`profiles/code/${encodeURIComponent(code)}`);
  }

  /** What an app learns of its channel at start: the MVPDs of its picker. */
  async configuration(): Promise<Configuration> {
    return configuration(await this.#api("GET", "configuration"));
  }

  // Decisions

  /** Whether it may play resources (usually one); a permit brings a media token. */
  async authorize(mvpd: string, ...resources: string[]): Promise<Decision[]> {
    return await this.#decide("authorize", mvpd, resources);
  }

  /** Which of some resources it could play. */
  async preauthorize(mvpd: string, ...resources: string[]): Promise<Decision[]> {
    return await this.#decide("preauthorize", mvpd, resources);
  }

  // Logout

  /**
   * Log out at an MVPD; with `follow` the url of the answer is opened, as a user agent would.
   *
   * `redirectUrl` is where that ends, that of the channel if it is not sent.
   */
  async logout(
    mvpd: string,
    redirectUrl?: string | LogoutOptions,
    options?: LogoutOptions,
  ): Promise<Logout> {
    const [end, { follow = false }] = maybeOmitted(redirectUrl, options);
    const identity = await this.#app.findIdentity(this.#connection);
    const query = new URLSearchParams({ redirectUrl: end || identity.redirectUrl });
    const raw = await this.#api("GET", `logout/${encodeURIComponent(mvpd)}?${query.toString()}`);
    const entry = objects(raw["logouts"])[0] ?? {};
    const url = this.#absolute(entry);
    const landing = follow && url !== null ? await this.open(url) : null;
    return logout(entry, url, landing);
  }

  // Partner single sign-on

  /** Ask for the partner's authentication request; needs `sending({ partnerStatus: … })`. */
  async partnerSession(mvpd?: string | PartnerOptions, options?: PartnerOptions): Promise<Json> {
    const [name, { partner = "Apple" }] = maybeOmitted(mvpd, options);
    const wanted = await this.#loginParameters(name);
    return await this.#api("POST", `sessions/sso/${encodeURIComponent(partner)}`, wanted);
  }

  /** Trade the partner's authentication response for a profile. */
  async partnerProfile(
    samlResponse: string,
    options: PartnerOptions = {},
  ): Promise<Record<string, Profile>> {
    const { partner = "Apple" } = options;
    const form = { SAMLResponse: samlResponse };
    return profilesByMvpd(
      await this.#api("POST", `profiles/sso/${encodeURIComponent(partner)}`, form),
    );
  }

  // Anything else

  /** Send any request as this app, with its token: the answer, whatever it says. */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
    const token = await this.#app.findToken(this.#connection);
    const headers = { ...this.#headers, Authorization: `Bearer ${token}`, ...options.headers };
    return await this.#connection.send(method, path, { headers, body: options.body });
  }

  /** Open a url as a user agent: redirects are followed until they leave the simulator. */
  async open(url: string): Promise<Landing> {
    const { transport, timeout, instance } = this.#connection;
    const first = this.#connection.absolute(url);
    const here = new Set([new URL(instance).origin, new URL(first).origin]);
    const urls = [first];
    for (;;) {
      const last = urls.at(-1)!;
      const answer = await transport.send({ method: "GET", url: last, timeout });
      const { location } = answer.headers;
      const next = location === undefined ? undefined : new URL(location, last);
      if (next !== undefined) {
        urls.push(next.href);
      }
      if (next === undefined || !here.has(next.origin)) {
        return { url: urls.at(-1)!, status: answer.status, text: answer.text, urls };
      }
    }
  }

  /** The JSON of `/api/v2/{serviceProvider}/{path}`. */
  async #api(method: string, path: string, form?: Readonly<Record<string, string>>): Promise<Json> {
    const sent = form && { type: FORM_TYPE, body: new URLSearchParams(form).toString() };
    return await this.#requestJson(method, path, sent);
  }

  async #requestJson(
    method: string,
    path: string,
    sent?: { type: string; body: string },
  ): Promise<Json> {
    const app = this.#app;
    const { serviceProvider } = await app.findIdentity(this.#connection);
    const place = `/api/v2/${encodeURIComponent(serviceProvider)}/${path}`;
    const headers = sent && { "Content-Type": sent.type };
    for (let last = !app.renews; ; last = true) {
      const token = await app.findToken(this.#connection);
      const answer = await this.request(method, place, { headers, body: sent?.body });
      try {
        return deviceJson(answer);
      } catch (error) {
        const refused = error instanceof DeviceError && error.code === REFUSED;
        if (last || !refused || !(await app.replaceToken(this.#connection, token))) {
          throw error;
        }
      }
    }
  }

  async #firstProfile(path: string): Promise<Profile | null> {
    const [first = null] = Object.values(profilesByMvpd(await this.#api("GET", path)));
    return first;
  }

  async #loginParameters(
    mvpd: string | undefined,
    options: LoginOptions = {},
  ): Promise<Record<string, string>> {
    const identity = await this.#app.findIdentity(this.#connection);
    return {
      ...(mvpd !== undefined && { mvpd }),
      domainName: options.domain || identity.domain,
      redirectUrl: options.redirectUrl || identity.redirectUrl,
    };
  }

  async #loginStep(path: string, wanted: Readonly<Record<string, string>>): Promise<LoginStep> {
    const raw = await this.#api("POST", path, wanted);
    return loginStep(raw, this.#absolute(raw));
  }

  async #decide(how: string, mvpd: string, resources: readonly string[]): Promise<Decision[]> {
    const sent = { type: JSON_TYPE, body: JSON.stringify({ resources }) };
    const path = `decisions/${how}/${encodeURIComponent(mvpd)}`;
    const raw = await this.#requestJson("POST", path, sent);
    return objects(raw["decisions"]).map(decision);
  }

  #absolute(raw: Json): string | null {
    const { url } = raw;
    return typeof url === "string" ? this.#connection.absolute(url) : null;
  }
}
