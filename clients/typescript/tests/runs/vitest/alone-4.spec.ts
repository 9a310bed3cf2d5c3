import { test } from "pass-simulator/vitest";

import { stayAlone } from "../alone.js";

for (let number = 0; number < 5; number++) {
  test(`alone ${number}`, async ({ simulator, simulatorServer }) => {
    await stayAlone(simulator, simulatorServer, "vitest");
  });
}
