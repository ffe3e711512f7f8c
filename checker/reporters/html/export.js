// What the table shows as CSV for a spreadsheet: RFC 4180, UTF-8 with a byte order mark, no cell taken for a formula.

/** Columns of the file, named as in the table `devices` of the tool. */
const EXPORTED = [
  ["device_id", (fleet, row) => fleet.id[row]],
  ["device_name", (fleet, row) => fleet.name[row]],
  ["aliases", (fleet, row) => (fleet.aliases.get(row) ?? []).join("; ")],
  ...["os", "group", "readiness", "by", "wave", "route", "path", "verification"].map((column) =>
    [column, (fleet, row) => valueOf(fleet, column, row)]),
  ...LISTED.map((column) => [column, (fleet, row) => wordsOf(fleet, column, row).join("; ")]),
  ["file", (fleet, row) => valueOf(fleet, "file", row)],
  ["row", (fleet, row) => fleet.row[row]],
  ["line", (fleet, row) => fleet.line[row]],
];

/** Rows that become one piece of text at a time. */
const ROWS_OF_A_PIECE = 5000;

/**
 * Returns a cell: quoted, and with an apostrophe before what a spreadsheet would run.
 * @param {string|number|null} value
 * @returns {string}
 */
function csvCell(value) {
  const text = String(value ?? "");
  const safe = /^[=+\-@\t\r\0]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

/**
 * Returns devices as the pieces of a CSV file.
 * @param {Fleet} fleet
 * @param {Uint32Array} rows
 * @returns {string[]}
 */
function csvPieces(fleet, rows) {
  const pieces = ["\ufeff", `${EXPORTED.map(([name]) => csvCell(name)).join(",")}\r\n`];
  for (let start = 0; start < rows.length; start += ROWS_OF_A_PIECE) {
    const lines = Array.from(rows.subarray(start, start + ROWS_OF_A_PIECE), (row) =>
      `${EXPORTED.map(([, cell]) => csvCell(cell(fleet, row))).join(",")}\r\n`);
    pieces.push(lines.join(""));
  }
  return pieces;
}

/**
 * Saves devices as a CSV file where the browser saves what is downloaded.
 * @param {Fleet} fleet
 * @param {Uint32Array} rows
 */
function saveCsv(fleet, rows) {
  const address = URL.createObjectURL(new Blob(csvPieces(fleet, rows), { type: "text/csv;charset=utf-8" }));
  const link = el("a", { href: address, download: "devices.csv" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
