/* What all the rest uses. The page stores nothing, and asks no other host. */
const $ = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const known = (code) => (pageWords[code] ? code : undefined);
const preferred = (navigator.languages || [navigator.language]).map((l) => known(l.slice(0, 2))).find(Boolean);
const state = { number: 0, language: preferred || "en", staff: false, last: "", asked: [] };
const words = () => pageWords[state.language];
const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (blank, name) => values[name] ?? blank);
const touch = () => matchMedia("(pointer: coarse)").matches;
const calm = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth");
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const box = $("#question");
const longest = Number($("#ask").dataset.longest);

function make(tag, attributes = {}, text = "") {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  return element;
}

/* Scrolls this page only: scrollIntoView would move a page that shows this one in a frame, too. */
function show(element, space = 10) {
  scrollTo({ top: element.getBoundingClientRect().top + scrollY - space, behavior: calm() });
}

function announce(text, language, urgent) {
  for (const region of [$("#status"), $("#alert")]) region.replaceChildren();
  setTimeout(() => $(urgent ? "#alert" : "#status").append(make("p", { lang: language }, text)), 50);
}
