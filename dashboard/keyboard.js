// A menu's content stands at the end of the page. Who opens a menu by keyboard goes into it, and back with Escape.
(() => {
  let opener = null;
  const enter = (button, tries) => {
    const body = document.querySelector('[data-testid="stPopoverBody"]');
    const inside = body?.querySelector('button, input, textarea, [tabindex="0"]');
    if (inside || (body && tries < 30)) {
      opener = button;
      body.tabIndex = -1;
      (inside ?? body).focus();
    } else if (tries > 0) {
      setTimeout(() => enter(button, tries - 1), 50);
    }
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
