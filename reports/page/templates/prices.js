// The page works without this file: the table is complete. It searches and sorts the prices.
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
