// A TV app as it is on the web: it registers, shows a code, polls, and plays. Nothing in it knows of a simulator.
const { adobe, softwareStatement, device } = Object.fromEntries(new URLSearchParams(location.search));
const CHANNEL = "REF30";
const POLL_EVERY = 500;

const show = (id, text) => {
  const element = document.getElementById(id);
  element.hidden = text === undefined;
  if (text !== undefined && element.tagName !== "BUTTON") element.textContent = text;
};

const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const headers = {
  "AP-Device-Identifier": `fingerprint ${base64(device)}`,
  "X-Device-Info": base64(
    JSON.stringify({
      primaryHardwareType: "Television",
      model: "Example TV",
      version: "1",
      manufacturer: "Example",
      osName: "webOS",
      osVendor: "LG",
      osVersion: "24",
      connectionType: "WiFi",
    }),
  ),
};

let token;

async function ask(path, options = {}) {
  const authorization = token ? { Authorization: `Bearer ${token}` } : {};
  const answer = await fetch(adobe + path, {
    ...options,
    headers: { ...headers, ...authorization, ...options.headers },
  });
  const found = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(found.message ?? found.error), found);
  return found;
}

const form = (members) => ({ method: "POST", body: new URLSearchParams(members) });
const json = (members) => ({
  method: "POST",
  body: JSON.stringify(members),
  headers: { "Content-Type": "application/json" },
});

async function register() {
  const client = await ask("/o/client/register", json({ software_statement: softwareStatement }));
  const granted = await ask(
    "/o/client/token",
    form({
      client_id: client.client_id,
      client_secret: client.client_secret,
      grant_type: "client_credentials",
    }),
  );
  token = granted.access_token;
}

async function signIn() {
  const { profiles: known } = await ask(`/api/v2/${CHANNEL}/profiles`);
  if (Object.keys(known).length > 0) return Object.keys(known)[0];
  const { code } = await ask(`/api/v2/${CHANNEL}/sessions`, form({}));
  show("status", "Go to example.com/activate and enter");
  show("code", code);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, POLL_EVERY));
    const { profiles } = await ask(`/api/v2/${CHANNEL}/profiles/code/${code}`);
    if (Object.keys(profiles).length > 0) return Object.keys(profiles)[0];
  }
}

async function watch(mvpd) {
  const { decisions } = await ask(
    `/api/v2/${CHANNEL}/decisions/authorize/${mvpd}`,
    json({ resources: ["NEWS"] }),
  );
  const [{ authorized, error }] = decisions;
  show("status", authorized ? "Playing NEWS" : `You cannot watch NEWS: ${error.code}`);
}

async function signOut(mvpd) {
  const end = new URLSearchParams({ redirectUrl: location.origin });
  await ask(`/api/v2/${CHANNEL}/logout/${mvpd}?${end}`);
  show("status", "Signed out");
  show("watch");
  show("sign-out");
}

try {
  await register();
  const mvpd = await signIn();
  show("code");
  show("status", `Signed in with ${mvpd}`);
  for (const [id, action] of [["watch", watch], ["sign-out", signOut]]) {
    show(id, "");
    document.getElementById(id).onclick = () =>
      action(mvpd).catch((error) => show("status", `Please try again later: ${error.code}`));
  }
} catch (error) {
  show("status", `Please try again later: ${error.code ?? error.message}`);
}
