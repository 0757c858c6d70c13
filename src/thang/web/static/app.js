// What markup alone cannot do. Every page works without this file.
const by = (selector) => document.querySelector(selector);
const typing = (element) => element.matches("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && localStorage.slash !== "off" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) {
    const search = by("[data-search]");
    if (search) { event.preventDefault(); search.focus(); search.select(); }
  }
  if (event.key === "Escape") document.querySelectorAll("details[data-menu][open]").forEach((menu) => { menu.open = false; });
});

document.addEventListener("click", async (event) => {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog) { event.preventDefault(); dialog.showModal(); }
  const copier = event.target.closest("[data-copy]");
  if (copier) {
    await navigator.clipboard.writeText(copier.dataset.copy);
    tell(copier.dataset.copied);
  }
});

// The one key of its own can be turned off, in this browser.
document.querySelectorAll("[data-slash]").forEach((choice) => {
  choice.hidden = false;
  const box = choice.querySelector("input");
  box.checked = localStorage.slash !== "off";
  box.addEventListener("change", () => { localStorage.slash = box.checked ? "on" : "off"; });
});

// A passing word: said through the live region that is always on the page.
let fading;
function tell(text) {
  const toast = by("#toast");
  toast.textContent = text;
  clearTimeout(fading);
  fading = setTimeout(() => { toast.textContent = ""; }, 6000);
}
document.addEventListener("thang:tell", (event) => tell(event.detail?.value ?? event.detail));
if (by("#toast")?.textContent.trim()) tell(by("#toast").textContent);
