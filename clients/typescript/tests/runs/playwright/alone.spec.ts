import { test } from "pass-simulator/playwright";

import { stayAlone } from "../alone.js";

for (let number = 0; number < 20; number++) {
  test(`alone ${number}`, async ({ simulator, simulatorServer }) => {
    await stayAlone(simulator, simulatorServer, "playwright");
  });
}
