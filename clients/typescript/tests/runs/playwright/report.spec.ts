import { expect, test } from "pass-simulator/playwright";

test("it fails, and shows its journal", async ({ simulator }) => {
  await simulator.device("tv").login("Cablevision");
  await simulator.requests.verify({ operation: "logout", rule: "L9", exactly: 1 });
});

test.describe("a file", () => {
  test.use({ scenario: "../world.yaml" });

  test("a world from a file", async ({ simulator }) => {
    const tv = simulator.device("tv");
    await tv.login("Cablevision", "kim");
    expect((await tv.preauthorize("Cablevision", "CARTOONS", "MOVIES")).map((each) => each.authorized)).toEqual([
      true,
      false,
    ]);
  });
});

test.describe("no scenario", () => {
  test.use({ scenario: "dmo" });

  test("it cannot be made", async ({ simulator }) => {
    await simulator.show();
  });
});
