import { test } from "pass-simulator/vitest";

import { stayAlone } from "../alone.js";

/** Five tests of a file: a worker takes one file after another. */
export function fiveTests(): void {
  for (let number = 0; number < 5; number++) {
    test(`alone ${number}`, async ({ simulator, simulatorServer }) => {
      await stayAlone(simulator, simulatorServer, "vitest");
    });
  }
}
