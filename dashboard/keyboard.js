// A menu's content stands at the end of the page. Who opens a menu by keyboard goes into it, and back with Escape.
(() => {
  let opener = null;
  const enter = (button, tries, reached = null) => {
    const body = document.querySelector('[data-testid="stPopoverBody"]');
    const first = body?.querySelector('button, input, textarea, [tabindex="0"]') ?? (tries < 30 ? body : null);
    const hasGoneOn = reached?.isConnected && document.activeElement !== reached;
    if (hasGoneOn) return;
    // What is drawn later may stand before what was reached first.
    if (first && first !== reached) {
      opener = button;
      body.tabIndex = -1;
      first.focus();
    }
    if (tries > 0) setTimeout(() => enter(button, tries - 1, first ?? reached), 50);
  };
  addEventListener("keydown", event => {
    const button = event.target.closest?.('[data-testid="stPopoverButton"]');
    if (button && ["Enter", " "].includes(event.key) && button.getAttribute("aria-expanded") !== "true") {
      enter(button, 40);
    } else if (event.key === "Escape" && opener?.isConnected) {
      setTimeout(() => opener.focus(), 100);
    }
  }, true);
})();
// Streamlit puts the sections of the navigation between a list and its items, where neither counts as a list any
// more. To assistive technology each section is a group of links under its name.
(() => {
  const name = () => {
    for (const list of document.querySelectorAll('[data-testid="stSidebarNavItems"]:has(> div)')) {
      list.setAttribute("role", "presentation");
      for (const section of list.children) {
        const header = section.querySelector("header");
        if (header) {
          header.setAttribute("role", "presentation");
          section.setAttribute("role", "group");
          section.setAttribute("aria-label", header.querySelector("p")?.textContent ?? "pages");
        }
        for (const item of section.querySelectorAll("li")) item.setAttribute("role", "presentation");
      }
    }
  };
  new MutationObserver(name).observe(document, { childList: true, subtree: true });
})();
