/** What calls of the admin API return, with what tests ask for by name. */

import type { Schemas } from "../admin-schemas.js";
import { readInstant } from "../times.js";
import { type Result, result } from "../values.js";

/**
 * How a sandbox stands: its generation, what it goes back to, its time, and who borrowed it.
 *
 * `keep` is what resets leave: "clients", those that registered.
 */
export interface SandboxState extends Result<Schemas["Sandbox"]> {
  readonly id: string;
  readonly generation: number;
  readonly baseline: string | null;
  readonly keep: readonly string[];
  readonly now: Date | null;
  readonly frozen: boolean;
  readonly lease: Schemas["Sandbox"]["lease"];
  readonly snapshots: readonly string[];
}

export function sandboxState(raw: Schemas["Sandbox"]): SandboxState {
  const { id, generation, baseline, keep, frozen, lease, snapshots } = raw;
  const now = readInstant(raw.now);
  return result(raw, { id, generation, baseline, keep, now, frozen, lease, snapshots });
}

/** A sandbox that somebody borrowed: it is reset or deleted when the time is over. */
export interface Lease extends Result<Schemas["Lease"]> {
  readonly sandbox: string;
  readonly owner: string;
  readonly until: Date | null;
  readonly onReturn: Schemas["Lease"]["on_return"];
}

export function leased(raw: Schemas["Lease"]): Lease {
  const { sandbox, owner, on_return: onReturn } = raw;
  return result(raw, { sandbox, owner, until: readInstant(raw.until), onReturn });
}

/** What a seeding brought into the world, by kind; `warnings` are what leads nowhere in it. */
export interface Seeded extends Result<Schemas["Seeding"]> {
  readonly generation: number;
  readonly seeded: Schemas["Seeding"]["seeded"];
  readonly warnings: Schemas["Seeding"]["warnings"];
}

export function seeding(raw: Schemas["Seeding"]): Seeded {
  const { generation, seeded, warnings } = raw;
  return result(raw, { generation, seeded, warnings });
}

/** What a reset or a restore took back, by kind, and what the world is now. */
export interface Cleared extends Result<Schemas["Resetting"] | Schemas["Restoring"]> {
  readonly generation: number;
  readonly baseline: string | null;
  readonly cleared: Schemas["Resetting"]["cleared"];
}

export function clearing(raw: Schemas["Resetting"] | Schemas["Restoring"]): Cleared {
  const { generation, cleared } = raw;
  return result(raw, { generation, baseline: "baseline" in raw ? raw.baseline : null, cleared });
}

/** A state of a sandbox to come back to. */
export interface Snapshot extends Result<Schemas["Snapshot"]> {
  readonly name: string;
  readonly created: Date | null;
}

export function snapshot(raw: Schemas["Snapshot"]): Snapshot {
  return result(raw, { name: raw.name, created: readInstant(raw.created) });
}

/** What a sandbox's clock shows, and what fell due when it was moved. */
export interface ClockReading extends Result<Schemas["Clock"]> {
  readonly now: Date;
  readonly mode: Schemas["Clock"]["mode"];
  readonly due: Schemas["Clock"]["due"];
  /** Whether it stands still. */
  readonly frozen: boolean;
}

export function clockReading(raw: Schemas["Clock"]): ClockReading {
  const { mode, due } = raw;
  return result(raw, { now: new Date(raw.now), mode, due, frozen: mode === "frozen" });
}

/** An access token that was minted without the registration dance. */
export interface AccessToken extends Result<Schemas["AccessToken"]> {
  readonly accessToken: string;
  readonly expiresIn: number;
  readonly clientId: string;
}

export function minted(raw: Schemas["AccessToken"]): AccessToken {
  const { access_token: accessToken, expires_in: expiresIn, client_id: clientId } = raw;
  return result(raw, { accessToken, expiresIn, clientId });
}

/** A login attempt as the admin API sees it; `url` is where a person would log in. */
export interface Session extends Result<Schemas["Session"] | Schemas["Code"]> {
  readonly code: string;
  readonly device: string | null;
  readonly serviceProvider: string;
  readonly mvpd: string | null;
  readonly status: Schemas["Session"]["status"];
  readonly missing: readonly string[];
  readonly notAfter: Date | null;
  readonly url: string | null;
}

export function session(raw: Schemas["Session"] | Schemas["Code"]): Session {
  const { code, device, mvpd, status, missing, service_provider: serviceProvider } = raw;
  const url = "url" in raw ? raw.url : null;
  const notAfter = readInstant(raw.not_after);
  return result(raw, { code, device, serviceProvider, mvpd, status, missing, notAfter, url });
}

/** What Adobe's media token verifier would say of a token. */
export interface MediaTokenCheck extends Result<Schemas["MediaTokenCheck"]> {
  readonly status: Schemas["MediaTokenCheck"]["status"];
  readonly resourceId: string | null;
  readonly requestorId: string | null;
  readonly mvpdId: string | null;
}

export function mediaTokenCheck(raw: Schemas["MediaTokenCheck"]): MediaTokenCheck {
  return result(raw, {
    status: raw.status,
    resourceId: raw.resource_id ?? null,
    requestorId: raw.requestor_id ?? null,
    mvpdId: raw.mvpd_id ?? null,
  });
}

/**
 * An operation of the backend, and how far it is simulated: exact, simplified, unproven or not simulated.
 *
 * `proven` counts the statements of Adobe's pages that a test proves; `differs` are those that do not hold.
 */
export interface Operation extends Result<Schemas["OperationReport"]> {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly fidelity: Schemas["OperationReport"]["fidelity"];
  readonly proven: number;
  readonly differs: Schemas["OperationReport"]["differs"];
  readonly open: Schemas["OperationReport"]["open"];
}

export function operation(raw: Schemas["OperationReport"]): Operation {
  const { name, method, path, fidelity, proven, differs, open } = raw;
  return result(raw, { name, method, path, fidelity, proven, differs, open });
}

/** A scenario that the instance knows, and what is wrong with it, if anything. */
export interface Scenario extends Result<Schemas["ScenarioSummary"]> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly problems: readonly string[];
}

export function scenarioSummary(raw: Schemas["ScenarioSummary"]): Scenario {
  const { name, title = "", description = "", problems = [] } = raw;
  return result(raw, { name, title, description, problems });
}

/** Whether a scenario document can be used, and every problem that it has. */
export interface Check extends Result<Schemas["Validation"]> {
  readonly valid: boolean;
  readonly problems: Schemas["Validation"]["problems"];
}

export function check(raw: Schemas["Validation"]): Check {
  return result(raw, { valid: raw.valid, problems: raw.problems });
}

/**
 * One request of a device or a user agent: what was asked, what was answered, and why.
 *
 * `rule` is the row that decided, `explanation` its reasons in plain words, `changes` the entities
 * that it created, updated and deleted.
 */
export interface JournalEntry extends Result<Schemas["Entry"] | Schemas["WholeEntry"]> {
  readonly id: string;
  readonly at: Date | null;
  readonly operation: Schemas["Entry"]["operation"];
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
  readonly rule: string | null;
  readonly rules: readonly string[];
  readonly error: string | null;
  readonly serviceProvider: string | null;
  readonly mvpd: string | null;
  readonly device: string | null;
  readonly client: string | null;
  readonly platform: string | null;
  readonly code: string | null;
  readonly generation: number;
  readonly explanation: readonly string[];
  readonly changes: Schemas["Changes"];
  readonly decisions: readonly Schemas["Decided"][];
  readonly fault: string | null;
  readonly durationMs: number | null;
}

export function journalEntry(raw: Schemas["Entry"] | Schemas["WholeEntry"]): JournalEntry {
  const { id, operation, method, path, status, rule, rules, error, mvpd, device, client } = raw;
  const { platform, code, generation, explanation, changes, decisions, fault } = raw;
  return result(raw, {
    id,
    at: readInstant(raw.at),
    operation,
    method,
    path,
    status,
    rule,
    rules,
    error,
    serviceProvider: raw.service_provider,
    mvpd,
    device,
    client,
    platform,
    code,
    generation,
    explanation,
    changes,
    decisions,
    fault,
    durationMs: raw.duration_ms,
  });
}

/**
 * Whether the journal holds what is expected; `nearest` are the entries that come closest.
 *
 * It is `incomplete` where entries were dropped, so that it cannot be told; then `count` is null.
 */
export interface Verification extends Result<Schemas["Verification"]> {
  readonly verified: boolean;
  readonly count: number | null;
  readonly incomplete: boolean;
  readonly nearest: readonly Schemas["NearEntry"][];
}

export function verification(raw: Schemas["Verification"]): Verification {
  const { verified, count = null, incomplete = false, nearest = [] } = raw;
  return result(raw, { verified, count, incomplete, nearest });
}

/** What a wait came to: what was waited for, by its name. */
export interface Waited extends Result<Schemas["Waiting"]> {
  readonly met: boolean;
  readonly code: NonNullable<Schemas["Waiting"]["code"]> | null;
  readonly profile: NonNullable<Schemas["Waiting"]["profile"]> | null;
  readonly request: NonNullable<Schemas["Waiting"]["request"]> | null;
  readonly requests: NonNullable<Schemas["Waiting"]["requests"]>;
}

export function waited(raw: Schemas["Waiting"]): Waited {
  const { met, code = null, profile = null, request = null, requests } = raw;
  return result(raw, { met, code, profile, request, requests: requests ?? [] });
}
