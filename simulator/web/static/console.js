// What goes on between two answers of the simulator: seconds pass; and where the keyboard is after one. Everything
// else is htmx, or a plain form.
"use strict";

(() => {
  const DAY = 86400000, HOUR = 3600000, MINUTE = 60000;

  const ago = past =>
    past < 1000 ? "now" :
    past < MINUTE ? `${Math.floor(past / 1000)} s ago` :
    past < HOUR ? `${Math.floor(past / MINUTE)} min ago` :
    past < DAY ? `${Math.floor(past / HOUR)} h ago` : `${Math.floor(past / DAY)} d ago`;

  const left = rest =>
    rest <= 0 ? "over" :
    rest < HOUR ? `${Math.floor(rest / MINUTE)}:${String(Math.floor(rest % MINUTE / 1000)).padStart(2, "0")}` :
    rest < DAY ? `${Math.floor(rest / HOUR)} h ${Math.floor(rest % HOUR / MINUTE)} min` :
    `${Math.floor(rest / DAY)} d ${Math.floor(rest % DAY / HOUR)} h`;

  // When this page learnt what the two clocks showed: the sandbox's own, and the machine's.
  const learnt = new WeakMap();

  const say = (node, words) => { if (node.textContent !== words) node.textContent = words; };

  const tick = () => {
    for (const shown of document.querySelectorAll("[data-now]")) {
      const { now, real } = shown.dataset, before = learnt.get(shown);
      if (!before || before.now !== now || before.real !== real)
        learnt.set(shown, { now, real, at: performance.now() });
      const passed = performance.now() - learnt.get(shown).at;
      const inside = Number(now) + ("frozen" in shown.dataset ? 0 : passed);
      for (const each of shown.querySelectorAll("[data-until]")) {
        const rest = Number(each.dataset.until) - inside;
        say(each, left(rest));
        each.classList.toggle("soon", rest < 2 * MINUTE);
      }
      for (const each of shown.querySelectorAll("[data-clock]"))
        say(each, new Date(inside).toISOString().slice(0, 19).replace("T", " ") + " UTC");
      for (const each of shown.querySelectorAll("[data-since]"))
        say(each, ago(Math.max(0, Number(real) + passed - Number(each.dataset.since))));
    }
  };

  setInterval(tick, 1000);
  document.addEventListener("DOMContentLoaded", tick);
  document.addEventListener("htmx:after:swap", tick);

  // What a form led to is said where it stands (.said). A problem stays there until the next form is sent off,
  // whatever else changes on the page; and where the button is gone that was pressed, the message has the focus.
  const posts = event => event.detail?.ctx?.request?.method === "POST";
  document.addEventListener("htmx:before:request", event => {
    if (!posts(event)) return;
    for (const each of document.querySelectorAll(".said[hx-morph-skip]")) {
      each.removeAttribute("hx-morph-skip");
      each.replaceChildren();
    }
  });
  document.addEventListener("htmx:after:swap", event => {
    if (!posts(event)) return;
    document.querySelector(".said > #problem")?.parentElement.setAttribute("hx-morph-skip", "");
    const message = document.querySelector("#problem, #problems, .told");
    if (!message) return;
    const lost = !document.activeElement || document.activeElement === document.body;
    if (lost) message.focus({ preventScroll: true });
    message.scrollIntoView({ block: "nearest" });
  });

  // The editor of scenarios: a file that was chosen is there to be read at once, and a problem leads to its line.
  document.addEventListener("change", async event => {
    const into = document.getElementById(event.target.dataset?.into ?? "");
    const file = event.target.files?.[0];
    if (into && file) into.value = await file.text();
  });
  document.addEventListener("click", event => {
    const line = Number(event.target.closest?.("[data-line]")?.dataset.line ?? 0);
    const editor = document.querySelector("textarea[name=document]");
    if (!line || !editor) return;
    event.preventDefault();
    const lines = editor.value.split("\n"), start = lines.slice(0, line - 1).join("\n").length + (line > 1);
    editor.focus();
    editor.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
    const height = parseFloat(getComputedStyle(editor).lineHeight);
    editor.scrollTop = Math.max(0, (line - 4) * height);
    editor.scrollIntoView({ block: "nearest" });
  });

  // A simulator that is gone must not look like one where nothing happens.
  const reach = gone => {
    const sign = document.getElementById("lost");
    if (sign) sign.hidden = !gone;
  };
  document.addEventListener("htmx:error", () => reach(true));
  document.addEventListener("htmx:after:request", event => {
    const status = event.detail?.ctx?.response?.status ?? 0;
    if (status) reach(status >= 500);
  });
})();
