// Works offline on the data embedded in the page; what was typed lives in the address after the #.
const data = JSON.parse(document.getElementById("data").textContent);
const form = document.getElementById("ask"), said = document.getElementById("said");
const rows = document.querySelector("#costs tbody"), line = document.getElementById("line"), own = document.getElementById("own");
const FIELDS = ["models", "in", "cached", "out"], START = { models: "gpt-4o", in: "300M", cached: "0", out: "50M" };
const SIZES = { k: 1e3, m: 1e6, b: 1e9, t: 1e12 }, COLOURS = ["blue", "rust", "azure", "ochre", "ink"];
const SVG = "http://www.w3.org/2000/svg";

const known = document.getElementById("known");
for (const name of data.models) known.append(Object.assign(document.createElement("option"), { value: name }));

const tokens = (text) => {
  const found = /^\s*([\d.,_]+)\s*([kmbt]?)\s*$/i.exec(text);
  return found ? Number(found[1].replace(/[,_]/g, "")) * (SIZES[found[2].toLowerCase()] || 1) : NaN;
};
const usd = (x) => (x === null ? "not known" : "$" + x.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: x < 1 ? 4 : 2 }));
const price = (x) => {
  if (x === null) return "–";
  const text = String(Number(x.toPrecision(6)));
  return "$" + (/\.\d\d/.test(text) ? text : Number(text).toFixed(2));
};
// A model is found by its name, or by another name that it goes by on the edition's day (as in SQL and on the command line).
const meant = (name) => {
  const form = name.trim().toLowerCase().replace(/^.*\//, "").replace(/[ _.:@,]+/g, "-");
  if (Object.hasOwn(data.names, form)) return data.models[data.names[form]];
  return data.models.includes(form) ? form : null;
};
const near = (name) => data.models.filter((m) => m.includes(name.trim().toLowerCase().slice(0, 6))).slice(0, 5);
const cost = (step, ask) => {
  const [, , input, cached, output] = step;
  if (input === null || (ask.out > 0 && output === null) || (ask.cached > 0 && cached === null)) return null;
  return ((ask.in - ask.cached) * input + ask.cached * (cached || 0) + ask.out * (output || 0)) / 1e6;
};
const at = (steps, day) => steps.find(([from, to]) => (from === null || from <= day) && (to === null || to > day));

const asked = () => {
  const typed = Object.fromEntries(FIELDS.map((f) => [f, form.elements[f].value]));
  const ask = { in: tokens(typed.in), cached: tokens(typed.cached || "0"), out: tokens(typed.out) };
  if ([ask.in, ask.cached, ask.out].some(Number.isNaN)) return { fault: "Write tokens as 2000, 50k, 300M or 1.5B." };
  if (ask.cached > ask.in) return { fault: "Cached tokens are part of the tokens in, so there cannot be more of them." };
  const names = typed.models.split(",").filter((n) => n.trim()), models = names.map(meant);
  const lost = names.find((n, i) => models[i] === null);
  if (lost !== undefined) return { fault: "No model is known as " + lost.trim().slice(0, 60) + (near(lost).length ? "; near names: " + near(lost).join(", ") : "") + "." };
  return { ask, models: [...new Set(models)].slice(0, COLOURS.length) };
};

const cell = (text, kind) => Object.assign(document.createElement("td"), { textContent: text, className: kind || "" });
// On a phone what does not fit beside the figures stands in a line of its own below them.
const below = (words) => {
  const row = document.createElement("tr"), all = Object.assign(cell(words.join(" · ")), { colSpan: 5 });
  row.className = "below";
  row.append(all);
  return row;
};
// Among equal costs, what the seller's own page says comes first, then what was seen last.
const ours = (f) => Number(data.statuses[f[3][5]] === "first_party"), seen = (f) => f[3][6] || "";
const table = (ask, models) => {
  const found = [];
  for (const [model, seller, steps] of data.offers) {
    if (!models.includes(data.models[model])) continue;
    const step = at(steps, data.as_of);
    if (step) found.push([data.sellers[seller], data.models[model], cost(step, ask), step]);
  }
  found.sort((a, b) => (a[2] === null) - (b[2] === null) || a[2] - b[2] || ours(b) - ours(a) || (seen(a) < seen(b) ? 1 : seen(a) > seen(b) ? -1 : a[0] < b[0] ? -1 : 1));
  rows.replaceChildren(...found.flatMap(([seller, model, month, step]) => {
    const row = document.createElement("tr"), head = document.createElement("th"), status = data.statuses[step[5]].replaceAll("_", " ");
    head.scope = "row";
    head.textContent = seller;
    row.append(head, cell(model, "aside"), cell(usd(month), "n"), ...[2, 3, 4].map((i) => cell(price(step[i]), "n")), cell(status, "aside"), cell(step[6] || "–", "aside d"));
    return [row, below([model, status, step[6] ? "last seen " + step[6] : "never seen"])];
  }));
  return found;
};

const monthly = (ask, model) => {
  const offers = data.offers.filter(([m]) => data.models[m] === model);
  const days = [...new Set(offers.flatMap(([, , steps]) => steps.flatMap(([from, to]) => [from, to])).filter((d) => d && d <= data.as_of))].sort();
  const points = [];
  for (const day of [...days, data.as_of]) {
    const sums = offers.map(([, , steps]) => at(steps, day)).filter(Boolean).map((s) => cost(s, ask)).filter((c) => c !== null);
    if (sums.length) points.push([Date.parse(day), Math.min(...sums)]);
  }
  return points;
};
const shape = (tag, attributes, text) => {
  const made = document.createElementNS(SVG, tag);
  for (const [k, v] of Object.entries(attributes)) made.setAttribute(k, v);
  if (text) made.textContent = text;
  return made;
};
const draw = (ask, models) => {
  const lines = models.map((m) => [m, monthly(ask, m)]).filter(([, p]) => p.length);
  const all = lines.flatMap(([, p]) => p);
  line.replaceChildren();
  if (!all.length) return;
  const [x0, x1] = [Math.min(...all.map((p) => p[0])), Date.parse(data.as_of)], top = Math.max(...all.map((p) => p[1])) || 1;
  const narrow = line.clientWidth > 0 && line.clientWidth < 500, left = narrow ? 120 : 60, font = narrow ? 21 : 11;
  const x = (t) => left + ((560 - left) * (t - x0)) / (x1 - x0 || 1), y = (v) => 225 - (200 * v) / top;
  for (const share of [0, 0.5, 1]) {
    line.append(shape("line", { x1: left, x2: 560, y1: y(top * share), y2: y(top * share), stroke: "var(--k-grid)" }));
    line.append(shape("text", { x: left - 6, y: y(top * share) + 4, "text-anchor": "end", "font-size": font, fill: "var(--k-muted)" }, usd(top * share)));
  }
  for (const [t, anchor] of [[x0, "start"], [x1, "end"]]) {
    line.append(shape("text", { x: x(t), y: 245, "text-anchor": anchor, "font-size": font, fill: "var(--k-muted)" }, new Date(t).toISOString().slice(0, 10)));
  }
  lines.forEach(([model, points], i) => {
    const path = points.map(([t, v], k) => (k ? "H" + x(t) + "V" + y(v) : "M" + x(t) + "," + y(v))).join(""), colour = "var(--k-" + COLOURS[i] + ")";
    line.append(shape("path", { d: path, fill: "none", stroke: colour, "stroke-width": 2.2 }));
    const last = points[points.length - 1];
    line.append(shape("text", { x: narrow ? 556 : 566, y: y(last[1]) + (narrow ? -8 : 4) + (font + 2) * i, "text-anchor": narrow ? "end" : "start", "font-size": font, "font-weight": "bold", fill: colour }, model.slice(0, 22)));
  });
};

const home = (ask, models) => own.replaceChildren(...models.filter((m) => data.own[m]).map((model) => {
  const [chip, each, used, even] = data.own[model], total = ask.in + ask.out;
  const made = document.createElement("li");
  made.textContent = model + " on your own " + chip + ": " + usd((total * each) / 1e6) + " a month at " + Math.round(100 * used) + " % use" +
    (even === null ? "; it never pays against the cheapest seller." : "; it pays from " + Math.round(even).toLocaleString("en") + " million tokens a month.");
  return made;
}));

const answer = () => {
  const got = asked();
  history.replaceState(null, "", "#" + new URLSearchParams(FIELDS.map((f) => [f, form.elements[f].value])));
  for (const shown of [rows.closest(".scroll"), line.closest("figure")]) shown.hidden = Boolean(got.fault);
  if (got.fault) { said.textContent = got.fault; rows.replaceChildren(); line.replaceChildren(); own.replaceChildren(); return; }
  const found = table(got.ask, got.models), best = found.find((f) => f[2] !== null);
  const others = best ? found.filter((f) => f[2] === best[2] && f[1] === best[1]).length - 1 : 0;
  said.textContent = best ? "Cheapest: " + usd(best[2]) + " a month at " + best[0] + (others ? " and " + others + " more" : "") + " (" + best[1] + "), last seen " + (best[3][6] || "on no known day") + "." : "No price answers.";
  draw(got.ask, got.models);
  home(got.ask, got.models);
};
const read = () => {
  const given = new URLSearchParams(location.hash.slice(1));
  for (const f of FIELDS) form.elements[f].value = given.get(f) ?? START[f];
  answer();
};
form.addEventListener("input", answer);
form.addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", read);
read();
