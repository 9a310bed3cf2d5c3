import { expect, test } from "pass-simulator/vitest";
import { describe } from "vitest";

test("it fails, and shows its journal", async ({ simulator }) => {
  await simulator.device("tv").login("Cablevision");
  await simulator.requests.verify({ operation: "logout", rule: "L9", exactly: 1 });
});

describe("a file", () => {
  test.override("scenario", "../world.yaml");

  test("a world from a file", async ({ simulator }) => {
    const tv = simulator.device("tv");
    await tv.login("Cablevision", "kim");
    expect((await tv.preauthorize("Cablevision", "CARTOONS", "MOVIES")).map((each) => each.authorized)).toEqual([
      true,
      false,
    ]);
  });
});

describe("no file", () => {
  test.override("scenario", "nowhere.yaml");

  test("it cannot be made", async ({ simulator }) => {
    await simulator.show();
  });
});
