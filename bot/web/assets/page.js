/* The page's own script: puts each card under the one before, and minds language, focus, copying,
   printing and staff keys. It stores nothing, and asks no other host. */
(() => {
  "use strict";
  const PATIENCE = 30000; // ms until a question counts as failed
  const LONGEST = 2000;
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const preferred = (navigator.languages || [navigator.language]).map((l) => l.slice(0, 2)).find((l) => window.pageWords[l]);
  const state = { number: 0, waiting: null, language: preferred || "en", staff: false, byTap: false, last: "", draft: "" };
  const words = () => window.pageWords[state.language];
  const touch = () => matchMedia("(pointer: coarse)").matches;
  const box = () => $("#box textarea, #box input");
  const make = (tag, attributes = {}, text = "") => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.textContent = text;
    return element;
  };

  function write(text) {
    const field = box();
    const setter = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set;
    setter.call(field, text);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  async function ask(question) {
    if (state.waiting) return;
    state.byTap = true;
    state.draft = box().value; // what is half typed is not lost
    write(question);
    await new Promise((done) => setTimeout(done)); // Gradio reads the field on the next turn of the loop
    $("#send").click();
  }

  /* Before the request: show the question at once, and say what the reader has set. */
  function before(question) {
    question = question || "";
    state.number += 1;
    state.last = question;
    write(state.draft);
    state.draft = "";
    const article = make("article", { class: "turn", "aria-labelledby": `q${state.number}` });
    const heading = make("h2", { id: `q${state.number}`, dir: "auto", tabindex: "-1" }, question.trim() || words().box.empty);
    const pending = make("p", { class: "pending", lang: state.language }, words().box.looking);
    article.append(heading, pending);
    $("#log").append(article);
    document.body.classList.add("talking");
    const number = state.number;
    state.waiting = { number, article, question, timer: setTimeout(() => fail(number), PATIENCE) };
    article.scrollIntoView({ block: "start", behavior: calm() });
    if (state.byTap || touch()) heading.focus({ preventScroll: true });
    state.byTap = false;
    const within = $(".in:not([hidden]) .within");
    const sent = {
      number, language: state.language, staff: state.staff,
      within: state.staff && within && within.value ? within.value.split("|") : [],
    };
    return [question, sent, null];
  }

  function after(latest) {
    const waiting = state.waiting;
    if (!waiting) return;
    let turn = null;
    try { turn = JSON.parse(latest); } catch { /* no answer came */ }
    if (!turn || turn.number !== waiting.number) return void fail(waiting.number);
    settle(turn.html);
    announce(turn.said, turn.language, turn.urgent);
  }

  function fail(number) {
    const waiting = state.waiting;
    if (!waiting || waiting.number !== number) return;
    const offline = !navigator.onLine;
    const said = offline ? words().box.offline : words().box.failed;
    const again = make("button", { type: "button", class: "again" }, words().box.again);
    again.addEventListener("click", () => { unsent.delete(waiting.question); ask(waiting.question); });
    if (offline) unsent.add(waiting.question);
    const note = make("div", { class: "card failed", lang: state.language });
    note.append(make("p", { class: "notice" }, said), again);
    settle(note);
    announce(said, state.language, false);
  }

  function settle(content) {
    const { article, timer } = state.waiting;
    clearTimeout(timer);
    state.waiting = null;
    $(".pending", article).remove();
    if (typeof content === "string") article.insertAdjacentHTML("beforeend", content);
    else article.append(content);
    article.scrollIntoView({ block: "start", behavior: calm() });
    resend();
  }

  /* Gradio never asks again once it could not connect. It is told that the server failed, which it gets over. */
  const connect = window.fetch;
  window.fetch = (...given) => connect(...given).catch((error) => {
    const { pathname } = new URL(given[0].url || given[0], location.href);
    if (pathname.endsWith("/gradio_api/queue/join")) return new Response('{"detail": "No connection"}', { status: 503 });
    if (pathname.endsWith("/gradio_api/queue/data")) return new Response('data: {"msg": "unexpected_error"}\n\ndata: {"msg": "close_stream"}\n\n');
    throw error;
  });

  /* What was asked offline, one after the other, once the reader is back. */
  const unsent = new Set();
  function resend() {
    const [question] = unsent;
    if (question === undefined || state.waiting || !navigator.onLine) return;
    unsent.delete(question);
    ask(question);
    state.byTap = false; // nobody tapped: the focus stays where it is
  }

  const calm = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth");

  function announce(text, language, urgent) {
    for (const region of [$("#status"), $("#alert")]) region.replaceChildren();
    const region = urgent ? $("#alert") : $("#status");
    setTimeout(() => region.append(make("p", { lang: language }, text)), 50);
  }

  /* ---- language ---- */
  function speak(language) {
    state.language = language;
    const w = words();
    document.documentElement.lang = language;
    for (const part of all(".in")) part.hidden = part.dataset.in !== language;
    for (const button of all(".language")) button.setAttribute("aria-pressed", String(button.dataset.language === language));
    $("#log").setAttribute("aria-label", w.box.log);
    const field = box();
    field.placeholder = w.box.placeholder;
    const label = $("#box [data-testid='block-info'], #box label > span");
    if (label && label.textContent !== w.box.box) label.textContent = w.box.box;
    field.setAttribute("aria-label", w.box.box);
    $("#send").textContent = w.box.send;
    for (const element of [$("#ask")]) element.lang = language;
    staff(state.staff);
  }

  /* ---- staff ---- */
  function staff(on) {
    state.staff = on;
    document.body.classList.toggle("staff", on);
    for (const button of all(".staff-switch")) button.setAttribute("aria-checked", String(on));
    for (const panel of all(".staff-panel")) panel.hidden = !on;
  }

  const newest = () => all("#log .turn").at(-1);
  const passages = () => (newest() ? all("figure.quote", newest()).filter((f) => f.offsetParent) : []);

  function step(by) {
    const figures = passages();
    if (!figures.length) return;
    const at = figures.indexOf(document.activeElement && document.activeElement.closest("figure.quote"));
    const next = at < 0 ? (by > 0 ? 0 : figures.length - 1) : Math.min(Math.max(at + by, 0), figures.length - 1);
    figures[next].focus();
    figures[next].scrollIntoView({ block: "nearest", behavior: calm() });
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.closest && event.target.closest("textarea, input, select");
    if (!state.staff) return;
    if (event.key === "Escape" && typing === box()) {
      const target = passages()[0] || (newest() && $("h2", newest()));
      if (target) target.focus();
      return;
    }
    if (typing) return;
    const figure = event.target.closest && event.target.closest("figure.quote");
    const does = {
      "/": () => box().focus(),
      n: () => step(1),
      p: () => step(-1),
      c: () => (figure || passages()[0]) && copyPassage(figure || passages()[0]),
    }[event.key];
    if (does) { event.preventDefault(); does(); }
  }

  /* ---- copying ---- */
  async function copy(text) {
    try { await navigator.clipboard.writeText(text); return true; } catch { /* not allowed here: the older way */ }
    let done = false;
    const put = (event) => { event.clipboardData.setData("text/plain", text); event.preventDefault(); done = true; };
    document.addEventListener("copy", put, { once: true });
    document.execCommand("copy");
    document.removeEventListener("copy", put);
    return done;
  }

  async function tell(button, done) {
    const w = words();
    announce(done ? w.card.copied : w.card.not_copied, state.language, false);
    if (!button) return;
    const name = button.dataset.name || (button.dataset.name = button.textContent);
    button.textContent = done ? w.card.copied : w.card.not_copied;
    setTimeout(() => { button.textContent = name; }, 2500);
  }

  /* Heading path, quotation, source, disclaimer: each as it stands, a blank line between. */
  async function copyPassage(figure) {
    const card = figure.closest(".card");
    const disclaimer = all(".disclaimer .first, .disclaimer .rest", card).map((part) => part.textContent).join("");
    const parts = [".path", "blockquote", "figcaption"].map((part) => $(part, figure).textContent);
    tell($(".copy", figure), await copy([...parts, disclaimer].join("\n\n")));
  }

  async function copyLink(button) {
    const question = $("h2", button.closest(".turn")).textContent;
    const here = location.origin + location.pathname;
    tell(button, await copy(`${here}#q=${encodeURIComponent(question)}`));
  }

  async function vote(button) {
    const group = button.closest(".vote");
    for (const each of all("button", group)) each.disabled = true;
    const way = button.classList.contains("up") ? "up" : "down";
    const sent = await fetch(new URL(`vote/${way}`, document.baseURI), { method: "POST" }).then((r) => r.ok, () => false);
    const said = sent ? words().card.voted : words().box.failed;
    group.replaceChildren(make("span", { tabindex: "-1" }, said));
    group.firstChild.focus({ preventScroll: true });
  }

  function onClick(event) {
    const button = event.target.closest("button");
    if (!button) return;
    const is = (name) => button.classList.contains(name);
    if (is("ask")) ask(button.textContent);
    else if (is("language")) speak(button.dataset.language);
    else if (is("staff-switch")) {
      staff(!state.staff);
      const panel = $(".in:not([hidden]) .staff-panel");
      if (state.staff) panel.scrollIntoView({ block: "center", behavior: calm() });
    }
    else if (is("repeat") && state.last) ask(state.last);
    else if (is("copy")) copyPassage(button.closest("figure.quote"));
    else if (is("link")) copyLink(button);
    else if (is("printer")) window.print();
    else if (is("up") || is("down")) vote(button);
  }

  /* ---- printing: what is folded is opened, then folded again ---- */
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all("#log details:not([open])");
    for (const part of opened) part.open = true;
  });
  addEventListener("afterprint", () => { for (const part of opened) part.open = false; opened = []; });

  /* ---- a question in the fragment: read once, then taken out of the address ---- */
  function readFragment() {
    const given = new URLSearchParams(location.hash.slice(1));
    if (!["q", "lang", "staff"].some((name) => given.has(name))) return;
    history.replaceState(null, "", location.pathname + location.search);
    if (window.pageWords[given.get("lang")]) speak(given.get("lang"));
    if (given.get("staff") === "1") staff(true);
    const question = (given.get("q") || "").slice(0, LONGEST);
    if (question.trim()) ask(question);
  }

  function start() {
    speak(state.language);
    document.addEventListener("click", onClick);
    document.addEventListener("keydown", onKey);
    addEventListener("online", resend);
    addEventListener("hashchange", readFragment);
    document.body.classList.add("ready");
    readFragment();
  }

  window.page = { before, after };
  const watch = new MutationObserver(() => {
    if (!($("#log") && box() && $("#send") && $("#below .map"))) return;
    watch.disconnect();
    start();
  });
  watch.observe(document, { childList: true, subtree: true });
})();
