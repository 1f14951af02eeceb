/* Language, clicks, the address, leaving; and the start. */
function speak(language) {
  state.language = language;
  const w = words();
  document.documentElement.lang = language;
  for (const part of all(".in")) part.hidden = part.dataset.in !== language;
  for (const button of all(".language")) button.setAttribute("aria-pressed", String(button.dataset.language === language));
  $("#log").setAttribute("aria-label", w.box.log);
  box.placeholder = w.box.placeholder;
  box.setAttribute("aria-label", w.box.box);
  $("#box label").textContent = w.box.box;
  $("#send").textContent = w.box.send;
  $("#ask").lang = language;
  staff(state.staff);
}

function onClick(event) {
  const link = event.target.closest("a[href^='tel:']");
  if (link) { calling = true; setTimeout(() => { calling = false; }, 2000); }
  const button = event.target.closest("button");
  if (!button) return;
  const is = (name) => button.classList.contains(name);
  if (is("ask")) ask(button.dataset.ask || button.textContent);
  else if (is("language")) speak(button.dataset.language);
  else if (is("staff-switch")) {
    staff(!state.staff);
    if (state.staff) show($(".in:not([hidden]) .staff-panel"), innerHeight / 4);
  }
  else if (is("repeat") && state.last) ask(state.last);
  else if (is("copy")) copyPassage(button.closest("figure.quote"));
  else if (is("link")) copyLink(button);
  else if (is("printer")) print();
  else if (is("up") || is("down")) vote(button);
}

/* A search over titles, where there are many documents. */
function onFind(event) {
  const sought = event.target.value.trim().toLowerCase();
  for (const title of all(".titles li", event.target.closest(".in"))) title.hidden = !title.textContent.toLowerCase().includes(sought);
}

/* Nothing is stored, so leaving loses the conversation: the browser asks first. A call is no leaving. */
let calling = false;
addEventListener("beforeunload", (event) => {
  if (state.asked.length && !calling) event.preventDefault();
});

/* A question in the fragment: read once, then taken out of the address. */
function readFragment() {
  const given = new URLSearchParams(location.hash.slice(1));
  if (!["q", "lang", "staff"].some((name) => given.has(name))) return;
  history.replaceState(null, "", location.pathname + location.search);
  if (known(given.get("lang"))) speak(given.get("lang"));
  if (given.get("staff") === "1") staff(true);
  const question = given.get("q") || "";
  if (question.trim()) ask(question);
}

speak(state.language);
$("#ask").hidden = false;
$("#ask").addEventListener("submit", (event) => { event.preventDefault(); send(); });
box.addEventListener("input", grow);
box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
});
for (const finder of all(".finder")) finder.addEventListener("input", onFind);
document.addEventListener("click", onClick);
document.addEventListener("keydown", onKey);
addEventListener("hashchange", readFragment);
document.body.classList.add("ready");
readFragment();
