// A device's detail: what was judged of it, why, on what evidence, and what to do next.

/** Severities, the heaviest first. */
const SEVERITIES = ["blocker", "major", "minor", "info"];

/** What a device's detail says of its columns. */
const FACTS = [
  ["Readiness", (fleet, row) => chip(valueOf(fleet, "readiness", row))],
  ["By", (fleet, row) => valueOf(fleet, "by", row)],
  ["Path", (fleet, row) => valueOf(fleet, "path", row)],
  ["Route", (fleet, row) => valueOf(fleet, "route", row)],
  ["Wave", (fleet, row) => valueOf(fleet, "wave", row)],
  ["Verification", (fleet, row) => valueOf(fleet, "verification", row)],
  ["Operating system", (fleet, row) => valueOf(fleet, "os", row)],
  ["Group", (fleet, row) => valueOf(fleet, "group", row)],
  ["Has to be settled", (fleet, row) => wordsOf(fleet, "undetermined_by", row).join(", ")],
  ["Device id", (fleet, row) => el("span", { class: "mono" }, fleet.id[row])],
  ["Also known as", (fleet, row) => (fleet.aliases.get(row) ?? []).join(", ")],
  ["Read at", (fleet, row) => placeOf(valueOf(fleet, "file", row), fleet.row[row], `line ${fleet.line[row]}`)],
];

/**
 * Opens the detail of a device.
 * @param {Fleet} fleet
 * @param {string} id
 */
function showDevice(fleet, id) {
  const dialog = byId("device-detail");
  const row = fleet.id.indexOf(id);
  byId("device-title").replaceChildren(el("bdi", {}, row < 0 ? id : labelOf(fleet, row)));
  byId("device-body").replaceChildren(...(row < 0 ? [notHere()] : parts(fleet, row)));
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
}

/** Returns what is said of a device that the page does not carry. */
function notHere() {
  return el("p", {}, "This page carries no device of that id. If devices are left out of it, the tables of ",
    "devices and findings, written with -o devices:FILE and -o findings:FILE, hold the whole.");
}

/**
 * Returns everything that is said of a device.
 * @param {Fleet} fleet
 * @param {number} row
 * @returns {HTMLElement[]}
 */
function parts(fleet, row) {
  const said = FACTS.map(([term, text]) => [term, text(fleet, row)]).filter(([, text]) => text);
  const facts = el("dl", { class: "pairs" }, ...said.map(([term, text]) =>
    el("div", {}, el("dt", {}, term), el("dd", {}, text))));
  const found = findingsOf(fleet, row).sort((one, other) => weight(fleet, one) - weight(fleet, other));
  const after = (each) => fleet.rules[each.rule]?.phase === "verification";
  return [
    facts,
    ...section("Findings", found.filter((each) => !after(each)).map((each) => findingCard(fleet, each))),
    ...section("Proof of the move", found.filter(after).map((each) => findingCard(fleet, each))),
    ...section("Next steps", stepsOf(fleet, row)),
  ];
}

/**
 * Returns a heading and what stands under it; nothing if there is nothing.
 * @param {string} title
 * @param {HTMLElement[]} content
 * @returns {HTMLElement[]}
 */
function section(title, content) {
  return content.length ? [el("h3", {}, title), ...content] : [];
}

/**
 * Returns how early a finding is shown: heavier rules first, and of those FAIL before UNKNOWN, waived last.
 * @param {Fleet} fleet
 * @param {Object} found
 * @returns {number}
 */
function weight(fleet, found) {
  const severity = SEVERITIES.indexOf(fleet.rules[found.rule]?.severity);
  return (found.waived ? 100 : 0) + severity * 2 + (found.outcome === "FAIL" ? 0 : 1);
}

/**
 * Returns a finding with its evidence.
 * @param {Fleet} fleet
 * @param {Object} found
 * @returns {HTMLElement}
 */
function findingCard(fleet, found) {
  const rule = fleet.rules[found.rule];
  const kind = found.outcome === "FAIL" ? "bad" : "open";
  return el("article", { class: "finding" },
    el("p", { class: "finding-head" },
      el("span", { class: `mark mark-${kind}` }, found.outcome),
      rule ? el("span", { class: `severity severity-${rule.severity}` }, rule.severity) : null,
      el("a", { class: "mono", href: `#rule=${encodeURIComponent(found.rule)}` }, found.rule),
      rule ? el("span", { class: "muted" }, rule.title) : null),
    el("p", {}, found.message),
    found.waived ? el("p", {}, "Accepted by waiver ", el("span", { class: "mono" }, found.waived), ".") : null,
    found.shared ? el("p", { class: "muted" }, `The same for ${count(found.devices, "device")}.`) : null,
    ...evidenceLists(fleet, found.evidence));
}

/**
 * Returns evidence in lists, one for each place where some of it was read, headed by that place.
 * @param {Fleet} fleet
 * @param {Object[]} evidence
 * @returns {HTMLElement[]}
 */
function evidenceLists(fleet, evidence) {
  const places = new Map();
  for (const each of evidence) {
    const observed = each.observed && `observed ${each.observed}`;
    const place = placeOf(each.file, each.row, observed) || "read nowhere";
    places.set(place, [...(places.get(place) ?? []), evidenceItem(fleet, each)]);
  }
  return [...places].map(([place, items]) =>
    el("div", { class: "evidence" }, el("p", { class: "muted" }, place), el("ul", {}, ...items)));
}

/**
 * Returns an evidence: fact, value or why there is none, and the column that says it.
 * @param {Fleet} fleet
 * @param {Object} evidence
 * @returns {HTMLElement}
 */
function evidenceItem(fleet, evidence) {
  const value = evidence.missing
    ? el("em", {}, fleet.missing[evidence.missing] ?? evidence.missing)
    : el("code", {}, el("bdi", {}, evidence.value ?? ""));
  return el("li", {}, el("span", { class: "mono" }, evidence.fact), evidence.missing ? ": " : " = ", value,
    evidence.column === null ? null : el("span", { class: "muted" }, ` · column ${evidence.column}`));
}

/**
 * Returns a place in an export in words; empty if there is none.
 * @param {string|null} file
 * @param {number|null} row
 * @param {string|null} more
 * @returns {string}
 */
function placeOf(file, row, more) {
  return [file, file && row !== null && `row ${row}`, more].filter(Boolean).join(", ");
}

/**
 * Returns a device's next steps as a list, each with how it is done; nothing if there are none.
 * @param {Fleet} fleet
 * @param {number} row
 * @returns {HTMLElement[]}
 */
function stepsOf(fleet, row) {
  const ids = wordsOf(fleet, "next_steps", row);
  if (!ids.length) return [];
  return [el("ol", { class: "steps" }, ...ids.map((id) => el("li", {}, stepItem(id, fleet.steps[id]))))];
}

/**
 * Returns a step: its title, and how it is done where that is said.
 * @param {string} id
 * @param {Object|undefined} step
 * @returns {HTMLElement|string}
 */
function stepItem(id, step) {
  if (!step) return id;
  const how = [
    step.does.length ? el("ul", {}, ...step.does.map((text) => el("li", {}, text))) : null,
    ...step.commands.map(copyable),
    step.query ? copyable(step.query) : null,
    step.looks_like ? el("p", { class: "muted" }, `It worked if: ${step.looks_like}`) : null,
  ].filter(Boolean);
  return how.length ? el("details", {}, el("summary", {}, step.title), ...how) : el("span", {}, step.title);
}

/**
 * Returns a command with a button that copies it; where the browser forbids that it is marked to be copied.
 * @param {string} command
 * @returns {HTMLElement}
 */
function copyable(command) {
  // Lines of a command stay lines; everything else that hides is spelled out.
  const code = el("code");
  command.split("\n").forEach((line, number) => code.append(number ? "\n" : "", visible(line)));
  const button = el("button", { type: "button", class: "button" }, "Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(command);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
    }
  });
  return el("div", { class: "command" }, el("pre", {}, code), button);
}
