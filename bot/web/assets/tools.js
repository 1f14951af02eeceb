/* What can be done with an answer: copy, link, print, vote; and the keys of the staff. */
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
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest && event.target.closest("textarea, input, select");
  if (!state.staff) return;
  if (event.key === "Escape" && typing === box) {
    const target = passages()[0] || (newest() && $("h2", newest()));
    if (target) target.focus();
    return;
  }
  if (typing) return;
  const figure = event.target.closest && event.target.closest("figure.quote");
  const does = {
    "/": () => box.focus(),
    n: () => step(1),
    p: () => step(-1),
    c: () => (figure || passages()[0]) && copyPassage(figure || passages()[0]),
  }[event.key];
  if (does) { event.preventDefault(); does(); }
}

async function copy(text) {
  try { await navigator.clipboard.writeText(text); return true; } catch { /* not allowed here: the older way */ }
  let done = false;
  const put = (event) => { event.clipboardData.setData("text/plain", text); event.preventDefault(); done = true; };
  document.addEventListener("copy", put, { once: true });
  document.execCommand("copy");
  document.removeEventListener("copy", put);
  return done;
}

function tell(button, done) {
  const w = words();
  announce(done ? w.card.copied : w.card.not_copied, state.language, false);
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

/* Printing: what is folded is opened, then folded again; a section only where a reader opened it. */
let opened = [];
addEventListener("beforeprint", () => {
  opened = all("#log details:not([open])").filter((part) => !part.matches(".whole, .proof"));
  for (const part of opened) part.open = true;
});
addEventListener("afterprint", () => { for (const part of opened) part.open = false; opened = []; });
