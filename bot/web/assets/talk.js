/* Asking: one question after the other, each sent again once when the line was lost. */
const LATE = 4000; // ms until it is said that an answer is late
const PATIENCE = 20000; // ms until a request counts as lost
const LOOK = 1000; // ms between two looks whether the server is back
const MOST_HISTORY = 20, LONGEST_HISTORY = 8000; // earlier questions that are sent along, characters in all
let line = Promise.resolve(); // the turns, each after the one before

class Refused extends Error {}

/* Shows the question at once; `focus` where the keyboard or a screen reader should go along. */
function ask(question, focus = true) {
  const number = (state.number += 1);
  state.last = question;
  state.asked.push(question);
  const article = make("article", { class: "turn", "aria-labelledby": `q${number}` });
  const heading = make("h2", { id: `q${number}`, dir: "auto", tabindex: "-1" }, question.trim() || words().box.empty);
  article.append(heading, make("p", { class: "pending", lang: state.language }, words().box.looking));
  for (const next of all("#log .next")) next.remove(); // what could be asked next is the newest answer's to say
  for (const after of all("#log details.after")) after.open = false;
  $("#log").append(article);
  document.body.classList.add("talking");
  show(article);
  if (focus || touch()) heading.focus({ preventScroll: true });
  const earlier = state.asked.slice(0, -1);
  const turn = { number, article, question, earlier };
  turn.late = setTimeout(() => say(turn, words().box.slow, false), LATE); // also while it waits for the one before
  line = line.then(() => answer(turn)).catch(() => {});
}

async function answer(turn) {
  try {
    const made = await obtained(turn);
    settle(turn, made.html);
    announce(made.said, made.language, made.urgent);
  } catch {
    say(turn, words().box.failed);
    $(".again", turn.article).addEventListener("click", () => ask(turn.question, false));
  } finally {
    clearTimeout(turn.late);
  }
}

async function obtained(turn) {
  try {
    return await requested(turn);
  } catch (error) {
    if (error instanceof Refused) throw error;
  }
  clearTimeout(turn.late);
  say(turn, navigator.onLine ? words().box.lost : words().box.offline);
  const again = new Promise((done) => $(".again", turn.article).addEventListener("click", done));
  const online = new Promise((done) => addEventListener("online", done, { once: true }));
  const wait = () => Promise.race([pause(LOOK), again, online]);
  do { await wait(); } while (!(await reachable()));
  return requested(turn);
}

/* A page that has just been started says that its index is coming; the question is sent until it is there. */
async function requested(turn) {
  let made = await once(turn);
  for (let told = false; made.coming; made = await once(turn)) {
    clearTimeout(turn.late);
    if (!told) say(turn, words().box.coming, false);
    told = true;
    await pause(LOOK);
  }
  if (!made.html || made.number !== turn.number) throw new Refused("no card");
  return made;
}

async function once({ number, question, earlier }) {
  const within = $(".in:not([hidden]) .within");
  const view = {
    number, language: state.language, staff: state.staff,
    within: state.staff && within && within.value ? within.value.split("|") : [],
    seen: [...new Set(all("#log .card[data-document]").map((card) => card.dataset.document))],
  };
  const event = await (await fetched("gradio_api/call/turn", { data: [question, view, recent(earlier)] })).json();
  const told = await (await fetched(`gradio_api/call/turn/${event.event_id}`)).text();
  const [kind, data] = told.trim().split("\n").slice(-2);
  if (kind !== "event: complete") throw new Refused(kind);
  return JSON.parse(data.replace(/^data: /, ""))[0];
}

/* The latest questions, as many as are short enough together. */
function recent(earlier) {
  let room = LONGEST_HISTORY;
  const kept = earlier.slice(-MOST_HISTORY).reverse().filter((question) => (room -= question.length) >= 0);
  return kept.reverse();
}

/* 404, 502 and 504 are a server that has just been started, or is being: as if the line were lost. */
async function fetched(path, sent) {
  const options = { signal: AbortSignal.timeout(PATIENCE), cache: "no-store" };
  if (sent) Object.assign(options, { method: "POST", body: JSON.stringify(sent), headers: { "Content-Type": "application/json" } });
  const got = await fetch(new URL(path, document.baseURI), options);
  if (got.ok) return got;
  throw [404, 502, 504].includes(got.status) ? new Error(got.status) : new Refused(got.status);
}

const reachable = () =>
  fetch(new URL("healthz", document.baseURI), { signal: AbortSignal.timeout(3000), cache: "no-store" }).then((r) => r.ok, () => false);

/* In the place of an answer: what is wrong, the numbers to call, and a button. */
function say(turn, sentence, again = true) {
  const note = make("div", { class: "card failed", lang: state.language });
  const numbers = $(".in:not([hidden]) .lines").cloneNode(true);
  note.append(make("p", { class: "notice" }, sentence), numbers);
  if (again) note.append(make("button", { type: "button", class: "again" }, words().box.again));
  settle(turn, note);
  announce(sentence, state.language, false);
}

function settle({ article }, content) {
  for (const old of all(".pending, .card.failed", article)) old.remove();
  if (typeof content === "string") article.insertAdjacentHTML("beforeend", content);
  else article.append(content);
  offer(article);
  if (article === $("#log").lastElementChild) show(article);
}

/* Three of the questions that could come next, none that was asked. */
function offer(article) {
  const asked = new Set(state.asked.map((question) => question.trim().toLowerCase()));
  const items = all(".next li", article).filter((item) => !asked.has(item.textContent.trim().toLowerCase()));
  for (const item of all(".next li", article)) if (!items.slice(0, 3).includes(item)) item.remove();
  if (article !== $("#log").lastElementChild || !items.length) for (const next of all(".next", article)) next.remove();
}

/* ---- the box ---- */
function send() {
  const question = box.value;
  box.value = "";
  grow();
  ask(question, false);
}

/* As high as what is typed, and how much that is when it is nearly too much: nothing is cut in silence. */
function grow() {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 4, innerHeight / 4)}px`;
  const count = [...box.value].length, counter = $("#counter");
  counter.hidden = count < 0.8 * longest;
  const number = (n) => n.toLocaleString(state.language);
  const said = filled(count > longest ? words().box.over : words().box.counter, { count: number(count), limit: number(longest) });
  if (!counter.hidden && counter.textContent !== said) counter.textContent = said;
}
