/** Scenarios in files: sending one with the files beside it. */

import { readFile, stat } from "node:fs/promises";
import { sep } from "node:path";

import { NotText } from "../errors.js";

/** What the admin API takes files as. */
export const FILES_TYPE = "application/vnd.pass-simulator.files+json";

const SCENARIO = /\.(ya?ml|json)$/;
const LARGEST = 1024 * 1024;
// Where a scenario may name another, or a file. What is found besides is sent and not looked at.
const EXTENDS = /\bextends["']?\s*:\s*["']?([A-Za-z0-9._-]+)/g;
const METADATA = /\bmetadata["']?\s*:\s*(?:"([^"<]+)"|'([^'<]+)'|([^\s"'<{|>][^\n<]*))/g;

/**
 * The body by which the file and those beside it that it leads to are sent.
 *
 * Throws what the system says where the file itself cannot be read, and `NotText`.
 */
export async function contentOf(scenario: string): Promise<string> {
  const first = spelled(scenario);
  const files = new Map([[first, await textOf(first)]]);
  // What is added while it is gone through is gone through as well.
  for (const [path, text] of files) {
    if (path === first || SCENARIO.test(path)) {
      for (const beside of namedIn(text).map((name) => joined(path, name))) {
        if (!files.has(beside) && (await isSent(beside))) {
          files.set(beside, await textOf(beside));
        }
      }
    }
  }
  return JSON.stringify({ scenario: first, files: Object.fromEntries(files) });
}

function namedIn(text: string): string[] {
  const scenarios = [...text.matchAll(EXTENDS)].flatMap(([, name]) => [`${name}.yaml`, `${name}.json`]);
  const files = [...text.matchAll(METADATA)].flatMap(([, ...quoted]) => {
    const name = quoted.join("");
    // Unquoted, a comment may follow, or the end of a mapping in braces.
    return [name, name.split(" #")[0]!, name.split(/[,}]/)[0]!].map((each) => each.trim());
  });
  return [...scenarios, ...files];
}

/** A path as the simulator spells it when it looks for what is beside one. */
function spelled(path: string): string {
  const parts = path.replaceAll(sep, "/").split("/");
  const named = parts.filter((part) => part !== "" && part !== ".").join("/");
  return path.startsWith("/") ? `/${named}` : named;
}

function joined(path: string, name: string): string {
  return spelled(name.startsWith("/") ? name : path.slice(0, path.lastIndexOf("/") + 1) + name);
}

/** Whether it is a scenario, or small enough to be the text of a member. */
async function isSent(path: string): Promise<boolean> {
  try {
    const found = await stat(path);
    return found.isFile() && (SCENARIO.test(path) || found.size <= LARGEST);
  } catch {
    return false;
  }
}

async function textOf(path: string): Promise<string> {
  const content = await readFile(path);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    throw new NotText(path, lineOfFault(content));
  }
}

/** The first line that is no UTF-8: a line's end is never part of another character. */
function lineOfFault(content: Buffer): number {
  const lines = content.toString("latin1").split("\n");
  const isText = (line: string): boolean => {
    const bytes = Buffer.from(line, "latin1");
    return bytes.equals(Buffer.from(bytes.toString()));
  };
  return lines.findIndex((line) => !isText(line)) + 1;
}
