// The register for people, drawn from the public API with fetch and plain JavaScript.
//
// Start reading here. Each section of the page has a module that asks the API and returns what to
// show; this one says when, shows what went wrong, and keeps language and key.

import { Trouble, address, get, link, useKey } from "./api.js";
import { drawDelegations } from "./delegations.js";
import { drawTree, symbols } from "./documents.js";
import { call, h } from "./elements.js";
import { drawExports } from "./exports.js";
import { drawPartners } from "./partners.js";
import { drawProjects } from "./projects.js";
import { drawSearch } from "./search.js";
import { language, number, setLanguage, words } from "./words.js";

const $ = (selector) => document.querySelector(selector);
const symbolField = $("#symbol-field");
const searchField = $("#search-field");

/** Draw everything anew: at the start, in another language, with a key. */
function drawAll() {
  speak();
  show("#overview", drawOverview);
  show("#partners", drawPartners);
  show("#delegations", drawDelegations);
  show("#exports", drawExports);
  show("#projects", drawProjects);
  show("#documents", drawDocuments);
  if (searchField.value) show("#search", () => drawSearch(searchField.value));
}

/** Put what `draw` returns into a section, or in words why there is nothing. */
async function show(section, draw) {
  const place = $(`${section} .drawn`);
  $(section).hidden = false;
  const turn = (place.turn = (place.turn ?? 0) + 1);
  place.setAttribute("aria-busy", "true");
  if (!place.childNodes.length) place.append(h("p", { class: "soft" }, words("loading")));
  let drawn;
  try {
    drawn = await draw();
  } catch (trouble) {
    if (!(trouble instanceof Trouble)) reportError(trouble);
    // Without a key nothing can be shown: that is said once, not in every section.
    $(section).hidden = trouble.status === 401;
    if (trouble.status === 401) askForKey(trouble);
    drawn = [explained(trouble, () => show(section, draw))];
  }
  // Whoever has asked for something else meanwhile does not want this any more.
  if (place.turn !== turn) return;
  place.replaceChildren(...drawn);
  place.removeAttribute("aria-busy");
}

function askForKey({ title, detail }) {
  $("#key").hidden = false;
  const told = `${title}. ${detail}`;
  if ($("#key .told").textContent !== told) $("#key .told").textContent = told;
}

/** A problem in the words of the API, with a way to try again. */
function explained(trouble, again) {
  const button = h("button", { type: "button" }, words("again"));
  button.addEventListener("click", again);
  return h("div", { class: "trouble", role: "alert" },
    h("p", {}, h("strong", {}, trouble.title ?? words("failed"))),
    h("p", {}, trouble.status === 0 ? words("offline") : trouble.detail ?? ""),
    trouble.remedy ? h("p", {}, h("a", { href: link(trouble.remedy) }, words("moreOnProblem"))) : null,
    button);
}

/** Show what a reader asked for, and say so to one who does not see the page. */
async function answer(section, draw) {
  await show(section, draw);
  $("#status").textContent = $(`${section} .drawn :is(h3, p)`)?.textContent ?? "";
}

/** How much the register holds, each number with the records that it counts. */
async function drawOverview() {
  const [partners, delegations, projects, tasks] = await Promise.all([
    get(address("/partners/summary", { group_by: "country" })),
    get(address("/delegations/summary", { group_by: "half_year" })),
    get(address("/projects/summary", { group_by: "kind" })),
    get(address("/tasks", { limit: 1, count: "exact" })),
  ]);
  const counts = [
    [partners.total.partners, partners.total.href, words("partnersUnit")],
    [delegations.total.delegations, delegations.total.href, words("delegationsUnit")],
    [projects.total.projects, projects.total.href, words("projectsUnit")],
    [tasks.total, "/api/v1/tasks", words("tasksUnit")],
  ];
  return [h("ul", { class: "counts" }, counts.map(([count, href, unit]) =>
    h("li", {}, call(href, [h("strong", {}, number(count)), " ", unit]))))];
}

async function drawDocuments() {
  const { all, first } = await symbols();
  $("#symbols").replaceChildren(...all.map((symbol) => h("option", { value: symbol })));
  symbolField.value ||= first;
  return symbolField.value ? drawTree(symbolField.value) : [h("p", {}, words("empty"))];
}

/** The words of the page in the language that it is in now. */
function speak() {
  document.title = words("title");
  for (const element of document.querySelectorAll("[data-words]")) {
    element.textContent = words(element.dataset.words);
  }
  for (const element of document.querySelectorAll("[data-words-label]")) {
    element.setAttribute("aria-label", words(element.dataset.wordsLabel));
  }
  for (const option of document.querySelectorAll(".switch a")) {
    if (option.lang === language()) option.setAttribute("aria-current", "true");
    else option.removeAttribute("aria-current");
  }
}

// The other language without loading the page anew, which would forget the key.
$(".switch").addEventListener("click", (event) => {
  const option = event.target.closest("a");
  if (!option) return;
  event.preventDefault();
  history.replaceState(null, "", option.href);
  setLanguage(option.lang);
  drawAll();
});

$("#key form").addEventListener("submit", (event) => {
  event.preventDefault();
  useKey($("#key-field").value.trim());
  event.target.reset();
  $("#key").hidden = true;
  $("#key .told").textContent = "";
  $("#content").focus();
  drawAll();
});

$("#search form").addEventListener("submit", (event) => {
  event.preventDefault();
  answer("#search", () => drawSearch(searchField.value));
});

$("#documents form").addEventListener("submit", (event) => {
  event.preventDefault();
  answer("#documents", () => drawTree(symbolField.value));
});

drawAll();
