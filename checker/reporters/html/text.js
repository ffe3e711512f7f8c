// How text reaches the page: as text nodes only, with whatever hides or acts made visible.

/** Characters that hide, move a cursor or turn the reading direction; the island says which. */
let hiddenCharacters = /[\0-\x1f]/gu;

/**
 * Tells which characters are spelled out from now on.
 * @param {string} pattern a character class, the same one that all other reports use
 */
function hideNothing(pattern) {
  hiddenCharacters = new RegExp(pattern, "gu");
}

/**
 * Spells one hidden character as `\n`, `\x1b`, `\u202e` or `\U000e0041`.
 * @param {string} character
 * @returns {string}
 */
function spelledOut(character) {
  const short = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }[character];
  if (short) return short;
  const code = character.codePointAt(0);
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, "0")}`;
  return `\\U${code.toString(16).padStart(8, "0")}`;
}

/**
 * Returns text in which nothing acts and nothing hides.
 * @param {unknown} text
 * @returns {string}
 */
function visible(text) {
  return String(text).replace(hiddenCharacters, spelledOut);
}

/**
 * Makes an element. Strings become text nodes, made visible; null and false children are left out.
 * @param {string} tag
 * @param {Object<string, string>} attributes `class`, `href` (fragments of this page only), `data-…`, `aria-…`
 * @param {...(Node|string|null|false)} children
 * @returns {HTMLElement}
 */
function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  for (const child of children) {
    if (child !== null && child !== false) element.append(child instanceof Node ? child : visible(child));
  }
  return element;
}

/**
 * Returns a number with thousands parted by commas and its noun, in the plural unless there is one.
 * @param {number} number
 * @param {string} [noun]
 * @returns {string}
 */
function count(number, noun = "") {
  const digits = number.toLocaleString("en-US");
  if (!noun) return digits;
  return number === 1 ? `${digits} ${noun}` : `${digits} ${noun}s`;
}

/**
 * Returns a readiness as a chip: symbol, word and colour.
 * @param {string} readiness
 * @returns {HTMLElement}
 */
function chip(readiness) {
  return el("span", { class: `chip chip-${readiness}` }, readiness);
}
