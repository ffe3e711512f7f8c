// Light or dark: as the system says until the button says otherwise; nothing is stored.

/** Readies the button that turns the page from light to dark and back. */
function readyTheme() {
  const button = document.querySelector("[data-testid='theme-toggle']");
  if (!button) return;
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const show = () => { button.textContent = isDark() ? "Light theme" : "Dark theme"; };
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    show();
  });
  system.addEventListener("change", show);
  show();
}
