/** The conduct report: what each client app did right and wrong by Adobe's integration checklist. */

import type { Schemas } from "../admin-schemas.js";
import { type Result, result } from "../values.js";

/** A line of the checklist, and what became of it: `verdict` is "kept", "broken" or "not_seen". */
export interface Finding extends Result<Schemas["ConductFinding"]> {
  readonly rule: string;
  readonly says: string;
  readonly mandatory: boolean;
  readonly page: string;
  readonly verdict: Schemas["ConductFinding"]["verdict"];
  readonly times: number;
  readonly evidence: Schemas["ConductFinding"]["evidence"];
}

function finding(raw: Schemas["ConductFinding"]): Finding {
  const { rule, says, mandatory, page, verdict, times, evidence } = raw;
  return result(raw, { rule, says, mandatory, page, verdict, times, evidence });
}

/** An app instance on a device, and what was found of it. */
export interface AppConduct extends Result<Schemas["ConductOfApp"]> {
  readonly application: string | null;
  readonly client: string | null;
  readonly device: string | null;
  readonly requests: number;
  readonly findings: readonly Finding[];
}

function appConduct(raw: Schemas["ConductOfApp"]): AppConduct {
  const { application, client, device, requests } = raw;
  return result(raw, { application, client, device, requests, findings: raw.findings.map(finding) });
}

/** What each app did right and wrong; `incomplete` where entries were dropped that could tell more. */
export interface Conduct extends Result<Schemas["ConductReport"]> {
  readonly generation: number | null;
  readonly incomplete: boolean;
  readonly totals: Schemas["ConductTotals"];
  readonly apps: readonly AppConduct[];
  /** The rules that were broken, by whichever app: `expect((await sandbox.conduct()).broken).toEqual([])`. */
  readonly broken: readonly Finding[];
}

export function conductReport(raw: Schemas["ConductReport"]): Conduct {
  const { generation, incomplete, totals } = raw;
  const apps = raw.items.map(appConduct);
  const broken = apps.flatMap((app) => app.findings.filter(({ verdict }) => verdict === "broken"));
  return result(raw, { generation, incomplete, totals, apps, broken });
}
