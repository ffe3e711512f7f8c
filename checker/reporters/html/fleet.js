// The devices of the page, read from its data island once: whole columns, never an object for each device.

/** Columns whose values are numbered; the numbers sort as the values do, null last. */
const CODED = ["readiness", "by", "wave", "route", "path", "verification", "os", "group", "file"];

/** Columns that hold a list of words for each device. */
const LISTED = ["failed", "unknown", "waived", "undetermined_by", "next_steps"];

/**
 * @typedef {Object} Fleet
 * @property {number} rows devices of the page
 * @property {string[]} id
 * @property {string[]} name
 * @property {Map<number, string[]>} aliases of the devices that have some
 * @property {Object<string, {values: (string|null)[], codes: Uint32Array}>} coded
 * @property {Object<string, {lists: number[][], codes: Uint32Array}>} listed
 * @property {Object} findings see data.py; `spots.starts` says where a device's own begin
 * @property {Object[]} shared findings about the tenant, the fleet, or everyone whom no input told of
 * @property {Object<string, Object>} rules by id
 * @property {Object<string, Object>} steps by id
 * @property {string[]} words
 */

/**
 * Reads the island.
 * @param {HTMLScriptElement} island
 * @returns {Fleet}
 */
function readFleet(island) {
  const told = JSON.parse(island.textContent);
  hideNothing(told.hidden);
  const numbered = (name) => ({ ...told[name], codes: Uint32Array.from(told[name].codes) });
  return {
    rows: told.rows,
    id: told.id,
    name: told.name,
    aliases: new Map(told.aliases.at.map((row, number) => [row, told.aliases.of[number]])),
    coded: Object.fromEntries(CODED.map((name) => [name, numbered(name)])),
    listed: Object.fromEntries(LISTED.map((name) => [name, numbered(name)])),
    row: Uint32Array.from(told.row),
    line: Uint32Array.from(told.line),
    findings: { ...numbered("findings"), spots: withStarts(told.findings.spots) },
    shared: told.fleet,
    rules: told.rules,
    steps: told.steps,
    missing: told.missing,
    words: told.words,
    haystack: null,
    nameRank: null,
  };
}

/**
 * Adds where each device's spots begin.
 * @param {{counts: number[]}} spots
 */
function withStarts(spots) {
  const starts = new Uint32Array(spots.counts.length + 1);
  spots.counts.forEach((number, row) => { starts[row + 1] = starts[row] + number; });
  return { ...spots, starts };
}

/**
 * Returns what a column says of a device; null where nothing tells.
 * @param {Fleet} fleet
 * @param {string} column
 * @param {number} row
 * @returns {string|null}
 */
function valueOf(fleet, column, row) {
  const { values, codes } = fleet.coded[column];
  return values[codes[row]];
}

/**
 * Returns the words that a column lists for a device.
 * @param {Fleet} fleet
 * @param {string} column
 * @param {number} row
 * @returns {string[]}
 */
function wordsOf(fleet, column, row) {
  const { lists, codes } = fleet.listed[column];
  return lists[codes[row]].map((word) => fleet.words[word]);
}

/**
 * Returns how a device is named: by its name, or its id where it has none that is seen.
 * @param {Fleet} fleet
 * @param {number} row
 * @returns {string}
 */
function labelOf(fleet, row) {
  return fleet.name[row]?.trim() ? fleet.name[row] : fleet.id[row];
}

/**
 * Returns a device's own findings and the shared ones that its lists of rules name.
 * @param {Fleet} fleet
 * @param {number} row
 * @returns {Object[]} rule, outcome, waived, message, evidence, shared
 */
function findingsOf(fleet, row) {
  const { lists, codes, shapes } = fleet.findings;
  const own = lists[codes[row]].map((shape) => finding(fleet, row, shapes[shape]));
  const told = new Set(own.map((each) => each.rule));
  const named = new Set([...wordsOf(fleet, "failed", row), ...wordsOf(fleet, "unknown", row)]);
  const shared = fleet.shared.filter((each) => named.has(each.rule_id) && !told.has(each.rule_id));
  return [...own, ...shared.map((each) => ({ ...each, rule: each.rule_id, shared: true }))];
}

/**
 * Returns a finding in full.
 * @param {Fleet} fleet
 * @param {number} row
 * @param {Array} shape
 */
function finding(fleet, row, [rule, outcome, waived, message, ...evidence]) {
  const read = evidence.map((number) => evidenceOf(fleet, row, fleet.findings.evidence[number]));
  return { rule: fleet.words[rule], outcome, waived, message, evidence: read, shared: false };
}

/**
 * Returns an evidence in full, with where this device's was read.
 * @param {Fleet} fleet
 * @param {number} row
 * @param {Array} evidence
 */
function evidenceOf(fleet, row, [fact, value, missing, column, spot]) {
  const { spots, files, times } = fleet.findings;
  const at = spot === null ? -1 : spots.starts[row] + spot;
  return {
    fact: fleet.words[fact],
    value,
    missing,
    column: column === null ? null : fleet.words[column],
    file: at < 0 ? null : files[spots.file[at]],
    row: at < 0 ? null : spots.row[at],
    observed: at < 0 ? null : times[spots.observed[at]],
  };
}
