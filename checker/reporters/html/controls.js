// Search, filters, sorting and paging: each says a new state, and the fragment carries it.

/** How long typing may pause before it is searched for; milliseconds. */
const PAUSE = 100;

/** How a rule's phase is called over its rules. */
const PHASES = { prerequisite: "Before the move", verification: "After the move", advice: "Advice" };

/**
 * Readies the controls.
 * @param {Fleet} fleet
 * @param {() => State} current what the table shows now
 * @param {(state: State, replace?: boolean) => void} go shows another state
 */
function readyControls(fleet, current, go) {
  // What is typed counts at once, also where the pause that searches for it is not over.
  const asked = () => ({ ...current(), q: byId("devices-search").value.trim() });
  for (const name of FILTERS) fillFilter(fleet, name);
  fillRules(fleet);
  for (const select of filterFields()) {
    select.addEventListener("change", () => go({ ...asked(), [select.name]: select.value, page: "" }));
  }
  readySearch(asked, go);
  readyHeads(asked, go);
  readyButtons(fleet, asked, go);
  byId("devices-controls").hidden = false;
  byId("devices-pager").hidden = false;
  byId("devices-static").hidden = true;
}

/**
 * Returns the fields that filter by one value each.
 * @returns {NodeListOf<HTMLSelectElement>}
 */
function filterFields() {
  return document.querySelectorAll("#devices-controls select");
}

/**
 * Fills a filter with the values of its column and how many devices have each; hides one that parts nothing.
 * @param {Fleet} fleet
 * @param {string} name
 */
function fillFilter(fleet, name) {
  const { values, codes } = fleet.coded[name];
  const counts = new Uint32Array(values.length);
  for (const code of codes) counts[code] += 1;
  const select = byId(`devices-filter-${name}`);
  values.forEach((value, code) => {
    const text = value ?? select.dataset.none;
    select.append(el("option", { value: spelled(value) }, `${text} (${count(counts[code])})`));
  });
  select.closest(".field").hidden = values.length < 2;
}

/**
 * Fills the filter of rules with those that came out FAIL or UNKNOWN on some device, by phase.
 * @param {Fleet} fleet
 */
function fillRules(fleet) {
  const { shapes } = fleet.findings;
  const listed = ["failed", "unknown", "waived"].flatMap((column) => fleet.listed[column].lists.flat());
  const met = new Set([...listed, ...shapes.map(([rule]) => rule)].map((word) => fleet.words[word]));
  const select = byId("devices-filter-rule");
  for (const [phase, label] of Object.entries(PHASES)) {
    const ids = Object.keys(fleet.rules).filter((id) => met.has(id) && fleet.rules[id].phase === phase);
    if (ids.length) select.append(el("optgroup", { label }, ...ids.map((id) => el("option", { value: id }, id))));
  }
  select.closest(".field").hidden = met.size === 0;
}

/**
 * Shows in the controls what a state says.
 * @param {State} state
 */
function showControls(state) {
  const search = byId("devices-search");
  if (search.value.trim() !== (state.q ?? "")) search.value = state.q ?? "";
  for (const select of filterFields()) showChoice(select, state[select.name] ?? "");
  byId("devices-filter-outcome").closest(".field").hidden = !state.rule;
  byId("devices-clear").hidden = !KEYS.some((key) => state[key] && key !== "sort" && key !== "page");
}

/**
 * Shows a filter's value, also one that no device of the page has.
 * @param {HTMLSelectElement} select
 * @param {string} value
 */
function showChoice(select, value) {
  select.value = value;
  if (select.value === value) return;
  select.append(el("option", { value }, `${value} (0)`));
  select.value = value;
  select.closest(".field").hidden = false;
}

/**
 * Searches when typing pauses; what is typed in one go is one step of the browser's history.
 * @param {() => State} current
 * @param {(state: State, replace?: boolean) => void} go
 */
function readySearch(current, go) {
  const search = byId("devices-search");
  let timer = 0;
  let typed = null; // the fragment of what was typed so far in this go
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      go({ ...current(), page: "" }, location.hash === typed);
      typed = location.hash;
    }, PAUSE);
  });
  search.addEventListener("blur", () => { typed = null; });
}

/**
 * Makes the columns' heads buttons that sort.
 * @param {() => State} current
 * @param {(state: State) => void} go
 */
function readyHeads(current, go) {
  for (const head of document.querySelectorAll("#devices-table thead th")) {
    const { column } = head.dataset;
    const button = el("button", { type: "button", class: "sort", "data-testid": `devices-sort-${column}` });
    button.append(...head.childNodes);
    button.addEventListener("click", () => {
      go({ ...current(), sort: nextSort(current().sort ?? "", column), page: "" });
    });
    head.append(button);
  }
}

/**
 * Readies paging, export and clearing.
 * @param {Fleet} fleet
 * @param {() => State} current
 * @param {(state: State) => void} go
 */
function readyButtons(fleet, current, go) {
  const press = (id, does) => byId(id).addEventListener("click", () => {
    if (byId(id).getAttribute("aria-disabled") !== "true") does();
  });
  const turn = (pages) => {
    const last = Math.max(1, Math.ceil(matching(fleet, current()).length / PAGE_ROWS));
    go({ ...current(), page: String(pageOf(current(), last) + pages) });
  };
  press("devices-prev", () => turn(-1));
  press("devices-next", () => turn(1));
  press("devices-export", () => saveCsv(fleet, matching(fleet, current())));
  press("devices-clear", () => {
    byId("devices-search").value = "";
    go({ sort: current().sort ?? "" });
    byId("devices-search").focus();
  });
}
