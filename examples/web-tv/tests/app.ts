/** The app, served from this machine, and opened for a test's sandbox. */

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { test as base } from "pass-simulator/playwright";

const TYPES: Readonly<Record<string, string>> = { html: "text/html", js: "text/javascript" };

interface Fixtures {
  /** Switch the TV on. */
  switchOn: (device: string) => Promise<void>;
}

export const test = base.extend<Fixtures, { app: string }>({
  app: [
    async ({}, use) => {
      const server = createServer((request, response) => {
        const name = new URL(request.url ?? "", "http://tv").pathname.slice(1) || "index.html";
        readFile(new URL(`../app/${name}`, import.meta.url)).then(
          (file) => response.setHeader("Content-Type", TYPES[name.split(".").at(-1) ?? ""] ?? "").end(file),
          () => response.writeHead(404).end(),
        );
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      server.closeAllConnections();
      server.close();
    },
    { scope: "worker" },
  ],
  switchOn: async ({ app, page, simulator }, use) => {
    const { software_statement: softwareStatement } = await simulator.applications.get("sample-app");
    await use(async (device) => {
      const query = new URLSearchParams({ adobe: simulator.url, softwareStatement, device });
      await page.goto(`${app}/?${query}`);
    });
  },
});

export { expect } from "pass-simulator/playwright";
