// What the table shows as CSV for a spreadsheet: RFC 4180, UTF-8 with a byte order mark, no cell taken for a formula.

/** Columns of the file, named as in the table `devices` of the tool; each returns how a device's cell is spelled. */
const EXPORTED = {
  device_id: ({ id }) => (row) => csvCell(id[row]),
  device_name: ({ name }) => (row) => csvCell(name[row]),
  aliases: ({ aliases }) => (row) => csvCell((aliases.get(row) ?? []).join("; ")),
  ...Object.fromEntries(["os", "group", "readiness", "by", "wave", "route", "path", "verification"].map(codedCells)),
  ...Object.fromEntries(LISTED.map(listedCells)),
  file: codedCells("file")[1],
  row: (fleet) => (row) => csvCell(fleet.row[row]),
  line: (fleet) => (row) => csvCell(fleet.line[row]),
};

/** Rows that become one piece of text at a time. */
const ROWS_OF_A_PIECE = 5000;

/**
 * Returns a cell: quoted, and with an apostrophe before what a spreadsheet would run.
 * @param {string|number|null} value
 * @returns {string}
 */
function csvCell(value) {
  const text = String(value ?? "");
  const safe = /^[=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

/**
 * Returns a column of numbered values, each spelled once.
 * @param {string} column
 */
function codedCells(column) {
  return [column, (fleet) => {
    const { values, codes } = fleet.coded[column];
    const cells = values.map(csvCell);
    return (row) => cells[codes[row]];
  }];
}

/**
 * Returns a column of lists of words, each spelled once.
 * @param {string} column
 */
function listedCells(column) {
  return [column, (fleet) => {
    const { lists, codes } = fleet.listed[column];
    const cells = lists.map((list) => csvCell(list.map((word) => fleet.words[word]).join("; ")));
    return (row) => cells[codes[row]];
  }];
}

/**
 * Returns devices as the pieces of a CSV file.
 * @param {Fleet} fleet
 * @param {Uint32Array} rows
 * @returns {string[]}
 */
function csvPieces(fleet, rows) {
  const columns = Object.values(EXPORTED).map((column) => column(fleet));
  const pieces = ["\ufeff", `${Object.keys(EXPORTED).map(csvCell).join(",")}\r\n`];
  for (let start = 0; start < rows.length; start += ROWS_OF_A_PIECE) {
    const some = Array.from(rows.subarray(start, start + ROWS_OF_A_PIECE));
    pieces.push(some.map((row) => `${columns.map((cell) => cell(row)).join(",")}\r\n`).join(""));
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
