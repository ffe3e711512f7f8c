// Which devices a state of the table shows, in which order: over numbers of whole columns.

/** The columns that list a rule by how it came out; a link may name any outcome at all. */
const OUTCOMES = new Map([["fail", ["failed"]], ["unknown", ["unknown"]], ["waived", ["waived"]]]);

/** How each column of the table sorts: a number for every device. */
const SORTS = {
  name: nameRanks,
  ...Object.fromEntries(FILTERS.map((column) => [column, (fleet) => fleet.coded[column].codes])),
  failed: (fleet) => lengths(fleet.listed.failed),
  unknown: (fleet) => lengths(fleet.listed.unknown),
};

/**
 * Returns the devices that a state of the table asks for, in its order.
 * @param {Fleet} fleet
 * @param {State} state
 * @returns {Uint32Array} their rows
 */
function matching(fleet, state) {
  const tests = [...columnTests(fleet, state), ...ruleTests(fleet, state), ...searchTests(fleet, state)];
  const rows = new Uint32Array(fleet.rows);
  let found = 0;
  for (let row = 0; row < fleet.rows; row += 1) {
    if (tests.every((test) => test(row))) rows[found++] = row;
  }
  return ordered(fleet, rows.subarray(0, found), state.sort ?? "");
}

/**
 * Returns a test for each column that is filtered.
 * @param {Fleet} fleet
 * @param {State} state
 * @returns {((row: number) => boolean)[]}
 */
function columnTests(fleet, state) {
  return FILTERS.filter((column) => state[column]).map((column) => {
    const { values, codes } = fleet.coded[column];
    const wanted = values.findIndex((value) => spelled(value) === state[column]);
    return (row) => codes[row] === wanted;
  });
}

/**
 * Returns a test for how a rule came out, if one is named.
 * @param {Fleet} fleet
 * @param {State} state
 * @returns {((row: number) => boolean)[]}
 */
function ruleTests(fleet, { rule, outcome }) {
  if (!rule) return [];
  const word = fleet.words.indexOf(rule);
  const { shapes, lists, codes } = fleet.findings;
  const said = shapes.map(([id, came, waived]) => id === word && cameOut(outcome, came, waived));
  const tests = [{ codes, holds: lists.map((list) => list.some((shape) => said[shape])) }];
  for (const column of OUTCOMES.get(outcome) ?? ["failed", "unknown"]) {
    const listed = fleet.listed[column];
    tests.push({ codes: listed.codes, holds: listed.lists.map((list) => list.includes(word)) });
  }
  return [(row) => tests.some((test) => test.holds[test.codes[row]])];
}

/**
 * Returns whether a finding came out as asked.
 * @param {string|undefined} asked
 * @param {string} outcome
 * @param {string|null} waived
 * @returns {boolean}
 */
function cameOut(asked, outcome, waived) {
  if (asked === "waived") return waived !== null;
  return asked === "fail" || asked === "unknown" ? outcome === asked.toUpperCase() : true;
}

/**
 * Returns a test for each word that is searched for.
 * @param {Fleet} fleet
 * @param {State} state
 * @returns {((row: number) => boolean)[]}
 */
function searchTests(fleet, { q = "" }) {
  const words = q.toLowerCase().split(/\s+/u).filter(Boolean);
  if (!words.length) return [];
  const texts = haystack(fleet);
  return words.map((word) => (row) => texts[row].includes(word));
}

/**
 * Returns what a search looks through: name, id and aliases of each device in lower case, made when first asked for.
 * @param {Fleet} fleet
 * @returns {string[]}
 */
function haystack(fleet) {
  fleet.haystack ??= fleet.id.map((id, row) =>
    [fleet.name[row], id, ...(fleet.aliases.get(row) ?? [])].join("\n").toLowerCase());
  return fleet.haystack;
}

/**
 * Returns devices in the order of a column; equal ones, and all where none is asked, as the page came.
 * @param {Fleet} fleet
 * @param {Uint32Array} rows
 * @param {string} sort
 * @returns {Uint32Array}
 */
function ordered(fleet, rows, sort) {
  const column = sort.replace(/^-/, "");
  if (!Object.hasOwn(SORTS, column)) return rows;
  const ranks = SORTS[column](fleet);
  const sign = sort.startsWith("-") ? -1 : 1;
  // One number for rank and row: typed arrays sort numbers fast, and no comparison is called.
  const keys = Float64Array.from(rows, (row) => sign * ranks[row] * fleet.rows + row).sort();
  return Uint32Array.from(keys, (key) => ((key % fleet.rows) + fleet.rows) % fleet.rows);
}

/**
 * Returns each device's place by name, whatever its case, made when first asked for.
 * @param {Fleet} fleet
 * @returns {Uint32Array}
 */
function nameRanks(fleet) {
  if (fleet.nameRank) return fleet.nameRank;
  const names = fleet.name.map((_, row) => labelOf(fleet, row).toLowerCase());
  const places = new Map([...new Set(names)].sort().map((name, place) => [name, place]));
  fleet.nameRank = Uint32Array.from(names, (name) => places.get(name));
  return fleet.nameRank;
}

/**
 * Returns how long each device's list is.
 * @param {{lists: number[][], codes: Uint32Array}} column
 * @returns {Uint32Array}
 */
function lengths({ lists, codes }) {
  return Uint32Array.from(codes, (code) => lists[code].length);
}
