// What is shown stands in the URL's fragment, so that it can be linked to and the browser's Back works:
//
//     #devices?q=oslo&readiness=NOT_READY&rule=sc.sense-min&outcome=fail&sort=-name&page=2
//     #device=<id>      a device's detail, above the table
//     #rule=<id>        a rule's detail
//
// Filters: readiness, path, wave, os, group, verification; rule with outcome (fail, unknown, waived; FAIL or UNKNOWN
// where it is not said). A value of "-" asks for devices of which the column says nothing; a value that is all dashes
// is spelled with one more. sort: a column, after "-" from high to low. page: from 1. All else is as application/
// x-www-form-urlencoded has it.

/** Filters that are a column of the table, in the order of the page. */
const FILTERS = ["readiness", "path", "wave", "os", "group", "verification"];

/** Everything that a table's fragment may say. */
const KEYS = ["q", ...FILTERS, "rule", "outcome", "sort", "page"];

/** @typedef {Object<string, string>} State what the table shows: KEYS that are said, none of them empty */

/**
 * Reads a fragment.
 * @param {string} hash as `location.hash` gives it
 * @returns {{kind: "devices"|"device"|"rule"|"other", state: State, id: string}}
 */
function readFragment(hash) {
  const text = hash.replace(/^#/, "");
  const named = /^(device|rule)=(.*)$/su.exec(text);
  if (named) return { kind: named[1], state: {}, id: unescaped(named[2]) };
  const table = /^(?:devices(?:\?(.*))?)?$/su.exec(text);
  if (!table) return { kind: "other", state: {}, id: "" };
  const said = new URLSearchParams(table[1] ?? "");
  const state = KEYS.filter((key) => said.get(key)).map((key) => [key, said.get(key)]);
  return { kind: "devices", state: Object.fromEntries(state), id: "" };
}

/**
 * Returns the fragment of a state of the table.
 * @param {State} state
 * @returns {string}
 */
function writeFragment(state) {
  const said = new URLSearchParams(KEYS.filter((key) => state[key]).map((key) => [key, state[key]]));
  return said.size ? `#devices?${said}` : "#devices";
}

/**
 * Returns the fragment of a device's detail.
 * @param {string} id
 * @returns {string}
 */
function deviceFragment(id) {
  return `#device=${encodeURIComponent(id)}`;
}

/**
 * Returns what an escaped text says; the text itself if it is not well escaped.
 * @param {string} text
 * @returns {string}
 */
function unescaped(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Returns how a filter spells a value; null has a spelling of its own.
 * @param {string|null} value
 * @returns {string}
 */
function spelled(value) {
  if (value === null) return "-";
  return /^-+$/.test(value) ? `${value}-` : value;
}
