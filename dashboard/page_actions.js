// What a page can do without asking the server: print itself, copy its link, save a chart as a picture.
(() => {
  const tell = (button, text) => {
    const before = button.textContent;
    button.textContent = text;
    setTimeout(() => { button.textContent = before; }, 2000);
  };
  const copyLink = async button => {
    try {
      await navigator.clipboard.writeText(location.href);
      tell(button, "Link copied");
    } catch {
      prompt("Copy this link", location.href);
    }
  };
  // On paper a chart is as wide as its place: there is no time to draw it anew, so that its drawing is scaled.
  addEventListener("beforeprint", () => {
    const app = document.querySelector('[data-testid="stApp"]');
    document.documentElement.classList.toggle("dark-screen", getComputedStyle(app).colorScheme === "dark");
    for (const layer of document.querySelectorAll(".main-svg")) {
      const [width, height] = [layer.getAttribute("width"), layer.getAttribute("height")];
      layer.setAttribute("viewBox", `0 0 ${width} ${height}`);
      layer.parentElement.style.aspectRatio = `${width} / ${height}`;
    }
  });
  addEventListener("afterprint", () => {
    for (const layer of document.querySelectorAll(".main-svg")) layer.removeAttribute("viewBox");
  });
  const save = (name, address) => {
    const link = Object.assign(document.createElement("a"), { href: address, download: name });
    link.click();
  };
  // One picture of a chart: its layers, below its title and above its source.
  const drawing = figure => {
    const layers = [...figure.querySelectorAll(".main-svg")];
    const box = layers[0].getBoundingClientRect(), top = 76, foot = 28;
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const [width, height] = [Math.round(box.width), Math.round(box.height) + top + foot];
    const paper = getComputedStyle(document.querySelector('[data-testid="stApp"]')).backgroundColor;
    const ink = getComputedStyle(figure).color;
    const add = (name, attributes, text = "") => {
      const part = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
      part.textContent = text;
      svg.append(part);
      return part;
    };
    for (const [key, value] of Object.entries({ xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}` })) svg.setAttribute(key, value);
    add("rect", { width, height, fill: paper });
    const words = (selector, y, size, weight) => {
      const text = figure.querySelector(selector)?.innerText ?? "";
      add("text", { x: 8, y, fill: ink, "font-size": size, "font-weight": weight, "font-family": "Source Sans, sans-serif" }, text);
    };
    words(".chart-question", 20, 13, 400);
    words("h3", 44, 18, 600);
    const inner = add("g", { transform: `translate(0 ${top - 16})` });
    for (const layer of layers) {
      const copy = layer.cloneNode(true);
      copy.removeAttribute("style");
      inner.append(copy);
    }
    const stamp = document.querySelector(".stamp")?.textContent ?? "";
    add("text", { x: 8, y: height - 10, fill: ink, "font-size": 11, "font-family": "Source Sans, sans-serif" }, stamp);
    return { text: new XMLSerializer().serializeToString(svg), width, height };
  };
  const savePicture = (key, kind) => {
    const figure = document.querySelector(`.st-key-figure_${CSS.escape(key)}`);
    if (!figure?.querySelector(".main-svg")) return;
    const { text, width, height } = drawing(figure);
    const address = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    if (kind === "svg") return save(`${key}.svg`, address);
    const picture = new Image();
    picture.onload = () => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
      const context = canvas.getContext("2d");
      context.scale(2, 2);
      context.drawImage(picture, 0, 0);
      save(`${key}.png`, canvas.toDataURL("image/png"));
    };
    picture.src = address;
  };
  // A link in a table goes to its page as a link at the side does: without loading the whole program anew.
  addEventListener("click", event => {
    const link = event.target.closest?.("a[data-go]");
    if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    history.pushState({}, "", link.href);
    dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  });
  addEventListener("click", event => {
    const button = event.target.closest?.("[data-do]");
    if (!button) return;
    const wanted = button.dataset.do;
    if (wanted === "print") print();
    else if (wanted === "share") copyLink(button);
    else savePicture(button.dataset.chart, wanted);
  });
})();
