// The table of devices: fifty of them at a time, and what is said about how many there are.

/** Devices of one page. */
const PAGE_ROWS = 50;

/** Columns after the device's name: how a cell is made. */
const CELLS = {
  readiness: (fleet, row) => chip(valueOf(fleet, "readiness", row)),
  failed: lengthOf("failed"),
  unknown: lengthOf("unknown"),
  path: cellOf("path"),
  wave: cellOf("wave"),
  os: cellOf("os"),
  group: cellOf("group"),
  verification: cellOf("verification"),
};

/**
 * Returns what makes a cell of a column's value.
 * @param {string} column
 */
function cellOf(column) {
  return (fleet, row) => valueOf(fleet, column, row) ?? "–";
}

/**
 * Returns what makes a cell of how many rules a column lists.
 * @param {string} column
 */
function lengthOf(column) {
  return (fleet, row) => String(fleet.listed[column].lists[fleet.listed[column].codes[row]].length);
}

/**
 * Returns a row of the table.
 * @param {Fleet} fleet
 * @param {number} row
 * @returns {HTMLElement}
 */
function tableRow(fleet, row) {
  const id = fleet.id[row];
  const label = labelOf(fleet, row);
  const link = el("a", { href: deviceFragment(id) }, el("bdi", {}, label));
  const below = label !== id && el("span", { class: "device-id mono muted" }, id);
  const head = el("th", { scope: "row" }, link, below);
  const cells = Object.entries(CELLS).map(([column, cell]) =>
    el("td", ["failed", "unknown"].includes(column) ? { class: "num" } : {}, cell(fleet, row)));
  return el("tr", {}, head, ...cells);
}

/**
 * Shows a page of devices.
 * @param {Fleet} fleet
 * @param {Uint32Array} rows everything that the filters leave, in order
 * @param {State} state
 */
function showRows(fleet, rows, state) {
  const pages = Math.max(1, Math.ceil(rows.length / PAGE_ROWS));
  const page = pageOf(state, pages);
  const shown = rows.subarray((page - 1) * PAGE_ROWS, page * PAGE_ROWS);
  const body = document.querySelector("#devices-table tbody");
  body.replaceChildren(...Array.from(shown, (row) => tableRow(fleet, row)));
  byId("devices-none").hidden = rows.length > 0;
  byId("devices-count").textContent = rows.length === fleet.rows
    ? count(fleet.rows, "device")
    : `${count(rows.length)} of ${count(fleet.rows, "device")}`;
  byId("devices-page").textContent = `Page ${count(page)} of ${count(pages)}`;
  unavailable(byId("devices-prev"), page <= 1);
  unavailable(byId("devices-next"), page >= pages);
  unavailable(byId("devices-export"), rows.length === 0);
  showSort(state.sort ?? "");
}

/**
 * Returns the page that a state asks for, within those there are.
 * @param {State} state
 * @param {number} pages
 * @returns {number}
 */
function pageOf(state, pages) {
  return Math.min(pages, Math.max(1, Number.parseInt(state.page ?? "1", 10) || 1));
}

/**
 * Says of a button whether it does something now; it keeps the focus all the same.
 * @param {HTMLElement} button
 * @param {boolean} is
 */
function unavailable(button, is) {
  button.setAttribute("aria-disabled", String(is));
}

/**
 * Says at the columns' heads which one sorts the table.
 * @param {string} sort
 */
function showSort(sort) {
  for (const head of document.querySelectorAll("#devices-table thead th")) {
    const { column } = head.dataset;
    const way = { [column]: "ascending", [`-${column}`]: "descending" }[sort];
    head.setAttribute("aria-sort", way ?? "none");
  }
}

/**
 * Returns what a press on a column's head sorts by next: up, down, then as the page came.
 * @param {string} sort
 * @param {string} column
 * @returns {string}
 */
function nextSort(sort, column) {
  return { [column]: `-${column}`, [`-${column}`]: "" }[sort] ?? column;
}

/**
 * Returns an element of the page.
 * @param {string} id
 * @returns {HTMLElement}
 */
function byId(id) {
  return document.getElementById(id);
}
