import { expect, test } from "./app.js";

test("a viewer takes the code, watches, and signs out", async ({ page, simulator, switchOn }) => {
  await switchOn("living-room-tv");
  const code = page.locator("#code");
  await expect(code).toHaveText(/^\w{7}$/);

  await simulator.codes.approve(await code.innerText(), { subscriber: "demo", mvpd: "Cablevision" });
  await expect(page.getByRole("status")).toHaveText("Signed in with Cablevision");

  await page.getByRole("button", { name: "Watch NEWS" }).click();
  await expect(page.getByRole("status")).toHaveText("Playing NEWS");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("status")).toHaveText("Signed out");

  await simulator.requests.verifyOrder(
    { operation: "create_session", device: "living-room-tv" },
    { operation: "authorize" },
    { operation: "logout", rule: "L5" },
  );
});

test("who was signed in yesterday still is, and is not next month", async ({
  page,
  simulator,
  simulatorClock,
  switchOn,
}) => {
  await simulator.profiles.create({
    service_provider: "REF30",
    mvpd: "Spectrum",
    device: "bedroom-tv",
  });
  await simulatorClock.advance({ days: 1 });
  await switchOn("bedroom-tv");
  await expect(page.getByRole("status")).toHaveText("Signed in with Spectrum");

  await simulatorClock.advance({ days: 30 });
  await page.reload();
  await expect(page.locator("#code")).toBeVisible();
});

test("a package without the channel is told so", async ({ page, simulator, switchOn }) => {
  await simulator.faults.add("authorization_denied_by_mvpd", { operation: "authorize" });
  await simulator.profiles.create({
    service_provider: "REF30",
    mvpd: "Cablevision",
    device: "kitchen-tv",
  });
  await switchOn("kitchen-tv");
  await page.getByRole("button", { name: "Watch NEWS" }).click();
  await expect(page.getByRole("status")).toContainText("authorization_denied_by_mvpd");
});

test("a backend that is down is survived", async ({ page, simulator, switchOn }) => {
  await simulator.faults.add({ kind: "status", status: 503 }, { operation: "profiles" });
  await switchOn("living-room-tv");
  await expect(page.getByRole("status")).toHaveText(/^Please try again later/);
});
