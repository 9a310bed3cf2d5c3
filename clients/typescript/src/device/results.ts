/** What a device is answered: frozen values that name what tests ask for, with the JSON in `raw`. */

import { readInstant } from "../times.js";
import { type Json, type Result, isJson, result } from "../values.js";

/** A login as the device sees it. */
export interface Profile extends Result {
  readonly mvpd: string;
  readonly type: string;
  readonly issuer: string;
  readonly notBefore: Date | null;
  readonly notAfter: Date | null;
  readonly attributes: Json;
  /** The viewer's id at the MVPD. */
  readonly userId: string | null;
}

/**
 * What the backend tells an app to do next on the way to a login.
 *
 * `action` is "authenticate" (open `url`, which is absolute here), "resume" (with what is
 * `missing`), "retry", or "authorize" where the device is logged in already and there is no code.
 */
export interface LoginStep extends Result {
  readonly action: string;
  readonly kind: string;
  readonly reason: string | null;
  readonly code: string;
  readonly url: string | null;
  readonly mvpd: string | null;
  readonly missing: readonly string[];
  readonly notAfter: Date | null;
}

/** What a second screen learns from a code: what is there, what is missing, and which device waits. */
export interface LoginDetails extends Result {
  readonly existing: Json;
  readonly missing: readonly string[];
  readonly device: Json;
}

/** Whether a resource may be watched; `mediaToken` comes with a permit of `authorize`. */
export interface Decision extends Result {
  readonly resource: string;
  readonly authorized: boolean;
  readonly mvpd: string;
  readonly source: string;
  readonly notBefore: Date | null;
  readonly notAfter: Date | null;
  readonly error: Json | null;
  /** The serialized media token. */
  readonly mediaToken: string | null;
  /** Why not, as one of the backend's codes. */
  readonly errorCode: string | null;
}

/** Where a user agent ended that opened a url: the last status and page, and every url on the way. */
export interface Landing {
  readonly url: string;
  readonly status: number;
  readonly text: string;
  readonly urls: readonly string[];
}

/**
 * What the backend tells an app to do to log out, with `action` "logout", "complete" and so on.
 *
 * `url` is absolute here; `landing` is where opening it led, if it was opened.
 */
export interface Logout extends Result {
  readonly mvpd: string;
  readonly action: string;
  readonly kind: string;
  readonly url: string | null;
  readonly landing: Landing | null;
}

/** An MVPD in an app's picker. */
export interface Provider extends Result {
  readonly id: string;
  readonly displayName: string;
  readonly temporary: boolean;
}

/** What an app learns of its channel at start. */
export interface Configuration extends Result {
  readonly serviceProvider: string;
  readonly providers: readonly Provider[];
  /** Whether the picker shows the MVPD with this id. */
  has(mvpd: string): boolean;
}

function text(raw: Json, name: string): string {
  const found = raw[name];
  return found === undefined || found === null ? "" : String(found);
}

function textOrNull(raw: Json, name: string): string | null {
  return text(raw, name) || null;
}

function texts(raw: Json, name: string): string[] {
  const found = raw[name];
  return Array.isArray(found) ? found.map(String) : [];
}

function object(raw: Json, name: string): Json {
  const found = raw[name];
  return isJson(found) ? found : {};
}

function moment(raw: Json, name: string): Date | null {
  return readInstant(raw[name] as string | number | null | undefined);
}

/** The objects in a list, or in an object that names them, of an answer. */
export function objects(found: unknown): Json[] {
  const all = Array.isArray(found) ? found : isJson(found) ? Object.values(found) : [];
  return all.filter(isJson);
}

export function profile(raw: Json, mvpd: string): Profile {
  const attributes = object(raw, "attributes");
  return result(raw, {
    mvpd,
    type: text(raw, "type"),
    issuer: text(raw, "issuer"),
    notBefore: moment(raw, "notBefore"),
    notAfter: moment(raw, "notAfter"),
    attributes,
    userId: textOrNull(object(attributes, "userID"), "value"),
  });
}

export function profilesByMvpd(raw: Json): Record<string, Profile> {
  const found = Object.entries(object(raw, "profiles"));
  return Object.fromEntries(found.map(([mvpd, each]) => [mvpd, profile(each as Json, mvpd)]));
}

export function loginStep(raw: Json, url: string | null): LoginStep {
  return result(raw, {
    action: text(raw, "actionName"),
    kind: text(raw, "actionType"),
    reason: textOrNull(raw, "reasonType"),
    code: text(raw, "code"),
    url,
    mvpd: textOrNull(raw, "mvpd"),
    missing: texts(raw, "missingParameters"),
    notAfter: moment(raw, "notAfter"),
  });
}

export function loginDetails(raw: Json): LoginDetails {
  return result(raw, {
    existing: object(raw, "existingParameters"),
    missing: texts(raw, "missingParameters"),
    device: object(raw, "device"),
  });
}

export function decision(raw: Json): Decision {
  const error = isJson(raw["error"]) ? raw["error"] : null;
  return result(raw, {
    resource: text(raw, "resource"),
    authorized: raw["authorized"] === true,
    mvpd: text(raw, "mvpd"),
    source: text(raw, "source"),
    notBefore: moment(raw, "notBefore"),
    notAfter: moment(raw, "notAfter"),
    error,
    mediaToken: textOrNull(object(raw, "token"), "serializedToken"),
    errorCode: error && textOrNull(error, "code"),
  });
}

export function logout(raw: Json, url: string | null, landing: Landing | null): Logout {
  const [mvpd, action, kind] = ["mvpd", "actionName", "actionType"].map((name) => text(raw, name));
  return result(raw, { mvpd: mvpd!, action: action!, kind: kind!, url, landing });
}

export function configuration(raw: Json): Configuration {
  const requestor = object(raw, "requestor");
  const providers = objects(requestor["mvpds"]).map((each) =>
    result(each, {
      id: text(each, "id"),
      displayName: text(each, "displayName"),
      temporary: each["isTempPass"] === true,
    }),
  );
  const has = (mvpd: string): boolean => providers.some(({ id }) => id === mvpd);
  return result(raw, { serviceProvider: text(requestor, "id"), providers, has });
}
