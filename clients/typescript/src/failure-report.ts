/** A sandbox's journal as people read it in the report of a failed test. */

import type { JournalEntry } from "./client/results.js";
import type { Sandbox } from "./client/sandbox.js";
import { SimulatorError } from "./errors.js";

/** A title and the newest `most` entries; the simulator has taken their secrets out. */
export async function journalSection(
  sandbox: Sandbox,
  most: number,
): Promise<{ title: string; text: string }> {
  const title = `pass-simulator journal of ${sandbox.name}`;
  try {
    const entries = await sandbox.requests.list({ newest: most });
    const earlier = (await sandbox.requests.count({ generation: "any" })) - entries.length;
    const lines = earlier > 0 ? [`… and ${earlier} earlier ones`] : [];
    lines.push(...entries.flatMap(describeEntry));
    return { title, text: lines.join("\n") || "No device has called." };
  } catch (error) {
    if (error instanceof SimulatorError) {
      return { title, text: `The journal cannot be read: ${error.message}` };
    }
    throw error;
  }
}

function describeEntry(entry: JournalEntry): string[] {
  const moment = entry.at?.toISOString().slice(11, 23) ?? "";
  const what = entry.operation ?? `${entry.method} ${entry.path}`;
  const outcome = [entry.status, entry.error].filter((each) => each !== null).join(" ");
  const rule = entry.rule ? ` (${entry.rule})` : "";
  const device = entry.device ? ` from ${entry.device}` : "";
  const changes = Object.entries(entry.changes).filter(([, changed]) => changed.length > 0);
  return [
    `${moment} ${what} → ${outcome}${rule}${device}`,
    ...(entry.fault ? [`    struck by the fault ${entry.fault}`] : []),
    ...entry.explanation.map((sentence) => `    ${sentence}`),
    ...changes.map(([how, changed]) => {
      const named = (changed as readonly { kind: string; id: string }[]).map(
        ({ kind, id }) => `${kind} ${id}`,
      );
      return `    ${how}: ${named.join(", ")}`;
    }),
  ];
}
