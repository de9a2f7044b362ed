// The page works without this file: charts are drawn already, the table is complete.
// It makes charts interactive when they come near, follows light and dark, and searches and sorts the prices.
const palette = JSON.parse(document.getElementById("palette").textContent);
const dark = matchMedia("(prefers-color-scheme: dark)");
const live = new Map();

const specOf = (name, width) => {
  let text = document.getElementById("spec-" + name).textContent;
  if (dark.matches) for (const [light, night] of palette) text = text.replaceAll('"' + light + '"', '"' + night + '"');
  const spec = JSON.parse(text);
  if (width < 520) {
    spec.config.legend.columns = 1;
    spec.config.axis.titleFontSize = 11;
  }
  return spec;
};

const draw = async (figure) => {
  const name = figure.dataset.chart, box = figure.querySelector(".live"), still = figure.querySelector(".static");
  const width = figure.clientWidth;
  box.hidden = false;
  try {
    if (live.has(name)) live.get(name).finalize();
    live.set(name, await window.vegaEmbed(box, specOf(name, width), {
      actions: false, renderer: "svg", ast: true, tooltip: { theme: dark.matches ? "dark" : "light" },
    }));
    still.hidden = true;
    figure.dataset.live = "yes";
  } catch (error) {
    box.hidden = true;  // the still picture stays
    still.hidden = false;
    console.error("chart " + name + ": " + error.message);
  }
};

if (window.vegaEmbed) {
  const near = new IntersectionObserver((seen) => {
    for (const entry of seen) if (entry.isIntersecting) { near.unobserve(entry.target); draw(entry.target); }
  }, { rootMargin: "400px" });
  for (const figure of document.querySelectorAll("[data-chart]")) near.observe(figure);
  dark.addEventListener("change", () => document.querySelectorAll("[data-live]").forEach(draw));
}

const table = document.getElementById("prices");
if (table) {
  const body = table.tBodies[0], rows = [...body.rows], find = document.getElementById("find"), found = document.getElementById("found");
  const texts = rows.map((row) => (row.cells[0].textContent + " " + row.cells[1].textContent).toLowerCase());
  const search = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    let n = 0;
    rows.forEach((row, i) => { const hit = words.every((w) => texts[i].includes(w)); row.hidden = !hit; n += hit; });
    found.textContent = n.toLocaleString("en") + " of " + rows.length.toLocaleString("en") + " offers";
  };
  find.addEventListener("input", search);
  search();
  const number = (text) => (/\d/.test(text) ? parseFloat(text.replace(/[^\d.]/g, "")) : Infinity);
  table.tHead.addEventListener("click", (event) => {
    const head = event.target.closest("th");
    if (!head) return;
    const up = head.getAttribute("aria-sort") !== "ascending", at = head.cellIndex, figures = head.classList.contains("n");
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const key = (row) => (figures ? number(row.cells[at].textContent) : row.cells[at].textContent);
    const sorted = [...rows].sort((a, b) => { const x = key(a), y = key(b); return (x < y ? -1 : x > y ? 1 : 0) * (up ? 1 : -1); });
    body.append(...sorted);
  });
}
document.documentElement.dataset.ready = String(Math.round(performance.now()));
