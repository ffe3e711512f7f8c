// Joins the parts: reads the island, readies the controls, and shows whatever the fragment says.

/** What the table shows, and the fragment that says so: empty where nothing was asked for yet. */
const now = { state: {}, fragment: null };

/**
 * Shows another state of the table, as a step of the browser's history.
 * @param {Fleet} fleet
 * @param {State} state
 * @param {boolean} [replace] in place of the step before
 */
function go(fleet, state, replace = false) {
  const fragment = writeFragment(state);
  if (replace) history.replaceState(null, "", fragment);
  else if (fragment !== location.hash) history.pushState(null, "", fragment);
  showTable(fleet, state, fragment);
}

/**
 * Shows what the fragment says, and brings it into view.
 * @param {Fleet} fleet
 */
function route(fleet) {
  const { kind, state, id } = readFragment(location.hash);
  if (kind === "device") showDevice(fleet, id);
  else byId("device-detail").close();
  if (kind === "rule") showRule(id);
  if (kind === "devices") showTable(fleet, state, location.hash);
  if (kind === "devices" && location.hash) byId("devices").scrollIntoView({ behavior: "instant" });
}

/**
 * Shows a state of the table; what is shown already stays untouched, and keeps the focus.
 * @param {Fleet} fleet
 * @param {State} state
 * @param {string} fragment
 */
function showTable(fleet, state, fragment) {
  if (fragment === now.fragment) return;
  now.state = state;
  now.fragment = fragment;
  showControls(state);
  showRows(fleet, matching(fleet, state), state);
}

/**
 * Opens a rule's detail and brings it into view.
 * @param {string} id
 */
function showRule(id) {
  const found = [...document.querySelectorAll("details.rule")].find((detail) => detail.dataset.rule === id);
  if (!found) return;
  found.open = true;
  found.scrollIntoView({ behavior: "instant" });
  found.querySelector("summary").focus({ preventScroll: true });
}

/** Readies the detail of a device to be closed: the table is as it was, in the fragment, too. */
function readyDetail() {
  const dialog = byId("device-detail");
  const leave = () => {
    history.replaceState(null, "", now.fragment || location.pathname + location.search);
    dialog.close();
  };
  byId("device-close").addEventListener("click", leave);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    leave();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) leave();
  });
}

/** Starts the page. */
function main() {
  readyTheme();
  const fleet = readFleet(byId("data"));
  readyControls(fleet, () => now.state, (state, replace) => go(fleet, state, replace));
  readyDetail();
  if (readFragment(location.hash).kind !== "devices") showTable(fleet, {}, "");
  route(fleet);
  addEventListener("hashchange", () => route(fleet));
  document.documentElement.dataset.ready = "true";
  performance.mark("interactive");
}

main();
