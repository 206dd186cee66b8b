// The page's script. It keeps the form and the URL in agreement, receives the server's
// events, and draws the data of the last event of each kind.
"use strict";

const $ = (selector) => document.querySelector(selector);
const form = $("#choice").elements;
const localZone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
const step = { second: 1, minute: 60, hour: 3600, day: 86400 };

let source; // the open EventSource
let series; // the data of the last "series" event
let lists; // the data of the last "lists" event
let arrivals; // the data of the last "arrivals" event, and receivedAt, by performance.now()
let charts = [];

// The form and the URL.

function readURL() {
  const query = new URLSearchParams(location.search);
  const wanted = query.get("window");
  if ([...form.window.options].some((o) => o.value === wanted)) form.window.value = wanted;
  setGroupOptions(query.get("group"));
  setZoneOptions(query.get("zone") || "UTC");
}

// setGroupOptions fills the list of groups, and selects the wanted one if possible.
function setGroupOptions(wanted) {
  const groups = form.window.selectedOptions[0].dataset.groups.split(" ");
  form.group.replaceChildren(...groups.map((g) => new Option(g, g)));
  form.group.value = groups.includes(wanted) ? wanted : groups[0];
}

// setZoneOptions fills the list of time zones, and selects the wanted one.
function setZoneOptions(wanted) {
  const all = Intl.supportedValuesOf ? Intl.supportedValuesOf("timeZone") : [];
  const zones = [...new Set(["UTC", localZone, wanted, ...all])];
  form.zone.replaceChildren(...zones.map((z) => new Option(z.replaceAll("_", " "), z)));
  form.zone.value = wanted;
}

function choice() {
  return new URLSearchParams({ window: form.window.value, group: form.group.value, zone: form.zone.value });
}

$("#choice").addEventListener("change", (event) => {
  if (event.target.name === "window") setGroupOptions(form.group.value);
  history.replaceState(null, "", "?" + choice());
  connect();
});

// The connection for server-sent events. It is open only while the page is visible.

function connect() {
  source?.close();
  if (document.hidden) return;
  source = new EventSource("events?" + choice());
  const on = (name, handle) => source.addEventListener(name, (e) => handle(JSON.parse(e.data)));
  on("view", (data) => {
    $("#view").textContent = data.view;
    document.title = data.view + " · Tributary";
  });
  on("series", (data) => {
    series = data;
    drawCharts();
  });
  on("lists", (data) => {
    lists = data;
    drawLists();
  });
  on("arrivals", (data) => {
    arrivals = { ...data, receivedAt: performance.now() };
    showProblem();
    drawTiles();
  });
  on("problem", showProblem);
  source.onerror = async () => {
    const ended = { what: "tributary watch doesn’t respond.", remedy: "If it has ended, start it again, and open the URL that it prints.", detail: "" };
    if (source.readyState !== EventSource.CLOSED) return showProblem(ended);
    // The browser does not reconnect, since the server has refused the request. Read the reason.
    const response = await fetch("events?" + choice()).catch(() => null);
    showProblem(response ? { what: "The page can’t show this.", remedy: "Choose another window, group or time zone above.", detail: await response.text() } : ended);
  };
}

document.addEventListener("visibilitychange", () => (document.hidden ? source?.close() : connect()));

// showProblem shows a problem, or hides the notice if there is none. It sets a text only
// if it has changed, because screen readers read the text whenever it is set.
function showProblem(problem) {
  const box = $("#notice");
  document.body.classList.toggle("stopped", !!problem);
  for (const part of ["what", "remedy", "detail"]) {
    const p = box.querySelector("." + part);
    const text = problem?.[part] ?? "";
    if (p.textContent !== text) p.textContent = text;
  }
  box.hidden = !problem;
}

// Times and numbers.

const parseTime = (text) => Date.parse(text.trim().replace(" ", "T").replace(/(\+00)?$/, "Z"));
const formats = new Map();
function format(seconds, kind) {
  const key = kind + form.zone.value;
  if (!formats.has(key)) {
    const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const day = { day: "numeric", month: "short" };
    const parts = { day, minute: time, second: { ...time, second: "2-digit" }, full: { ...day, ...time, second: "2-digit" }, hour: { ...day, ...time } }[kind];
    formats.set(key, new Intl.DateTimeFormat("en-GB", { ...parts, timeZone: form.zone.value }));
  }
  return formats.get(key).format(new Date(seconds * 1000));
}
const timeText = (text) => (text ? format(parseTime(text) / 1000, "full") : "");
const number = (n) => Number(n).toLocaleString("en", { maximumFractionDigits: 2 });
const short = (n) => Number(n).toLocaleString("en", { notation: "compact", maximumFractionDigits: 1 });
function duration(seconds) {
  if (seconds < 60) return Math.floor(seconds) + " s";
  if (seconds < 3600) return Math.floor(seconds / 60) + " min " + Math.floor(seconds % 60) + " s";
  if (seconds < 86400) return Math.floor(seconds / 3600) + " h " + Math.floor((seconds % 3600) / 60) + " min";
  return Math.floor(seconds / 86400) + " d " + Math.floor((seconds % 86400) / 3600) + " h";
}

// now returns the warehouse's current time in seconds: the time in the last "arrivals"
// event, plus the time that has passed since.
const now = () => (arrivals ? parseTime(arrivals.now) + performance.now() - arrivals.receivedAt : Date.now()) / 1000;

// The charts.

// allBuckets returns the buckets of the whole window. Groups without rows have a bucket
// with zeros.
function allBuckets() {
  const width = step[series.group];
  const received = series.buckets;
  const all = [];
  const zero = (at) => ({ at, rows: 0, rejected: 0, distinct: 0, sum: null });
  const fill = (from, to) => {
    for (let at = from; at < to - width / 4; at += width) all.push(zero(at));
  };
  const align = received.length ? received[0].at % width : 0; // when the hours or days of the time zone begin
  let next = Math.floor((now() - series.window - align) / width) * width + align;
  for (const bucket of received) {
    if (bucket.at < next - width / 2) continue;
    fill(next, bucket.at);
    all.push(bucket);
    next = bucket.at + width;
  }
  fill(next, now());
  return all;
}

function columns(chart, buckets) {
  const data = [buckets.map((b) => b.at), buckets.map((b) => b[chart.key] ?? null)];
  if (chart.key === "rows") data.push(buckets.map((b) => b.rejected || null));
  return data;
}

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();

function drawCharts() {
  const total = (key) => series.buckets.reduce((sum, b) => sum + b[key], 0);
  $("#rows").textContent = number(total("rows"));
  $("#rejected").textContent = number(total("rejected"));
  $("#rejected").classList.toggle("some", total("rejected") > 0);
  for (const note of document.querySelectorAll(".within")) note.textContent = "in " + form.window.selectedOptions[0].text;
  const empty = !series.buckets.length;
  $("#empty").hidden = !empty;
  $("#charts").hidden = $("#numbers").hidden = empty;
  if (empty) return explainEmpty();
  const keys = series.charts.map((c) => c.key + c.label).join();
  if (charts.keys !== keys) buildCharts(keys);
  redraw();
}

function explainEmpty() {
  const newest = arrivals?.newest;
  $("#empty h2").textContent = newest ? "No rows in this window" : "No rows yet";
  $("#empty-why").textContent = newest
    ? "The newest row arrived " + timeText(newest) + ". Choose a longer window to see it."
    : "The view exists, but has no rows.";
}

function buildCharts(keys) {
  for (const c of charts) c.plot.destroy();
  charts = series.charts.map((chart, i) => {
    const figure = document.createElement("figure");
    const id = "chart-" + chart.key;
    figure.innerHTML = `<figcaption><span id="${id}"></span><output aria-live="polite"></output></figcaption><div class="plot" tabindex="0" role="application" aria-roledescription="chart"></div>`;
    const box = figure.querySelector(".plot");
    figure.querySelector("span").textContent = chart.label;
    return { ...chart, figure, box, out: figure.querySelector("output"), height: i ? 160 : 240 };
  });
  charts.keys = keys;
  $("#charts").replaceChildren(...charts.map((c) => c.figure));
  for (const c of charts) {
    c.plot = new uPlot(options(c), columns(c, allBuckets()), c.box);
    c.box.addEventListener("keydown", (event) => moveCursor(c, event));
    c.box.addEventListener("blur", () => c.plot.setCursor({ left: -10, top: -10 }));
    new ResizeObserver(() => c.plot.setSize({ width: c.box.clientWidth, height: c.height })).observe(c.box);
  }
}

function options(chart) {
  const bars = uPlot.paths.bars({ size: [0.82, 60], radius: [0.18, 0], align: 1 });
  const drawn = (key) => ({ stroke: () => color(key), fill: () => color(key), width: 0, paths: bars, points: { show: false } });
  const axis = { stroke: () => color("quiet"), font: "12px system-ui, sans-serif", ticks: { show: false } };
  return {
    width: chart.box.clientWidth || 600,
    height: chart.height,
    legend: { show: false },
    padding: [8, 24, 0, 0],
    cursor: { y: false, points: { show: false }, drag: { setScale: false, x: false, y: false }, sync: { key: "tributary" } },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), form.zone.value),
    scales: {
      x: { range: () => [now() - series.window, Math.max(now(), (series.buckets.at(-1)?.at ?? 0) + step[series.group])] },
      y: { range: (u, low, high) => [0, high > 0 ? high * 1.08 : 1] },
    },
    axes: [
      { ...axis, grid: { show: false }, size: 26, space: 70, values: (u, marks, i, space, gap) => marks.map((m) => format(m, gap >= 86400 ? "day" : gap < 60 ? "second" : "minute")) },
      { ...axis, grid: { stroke: () => color("line"), width: 1 }, size: 52, space: 30, values: (u, marks) => marks.map(short) },
    ],
    series: [{}, drawn(chart.key), ...(chart.key === "rows" ? [drawn("rejected")] : [])],
    hooks: { setCursor: [(u) => showValue(chart, u.cursor.idx)] },
  };
}

function redraw() {
  const buckets = allBuckets();
  for (const c of charts) {
    c.plot.setData(columns(c, buckets));
    c.box.setAttribute("aria-label", describe(c, buckets));
    showValue(c, c.plot.cursor.idx);
  }
  if ($("#numbers").open) drawNumbers();
}

// showValue writes the value at the index next to the chart's name. If index is null, it
// writes the newest value.
function showValue(chart, index) {
  const plot = chart.plot;
  if (!plot) return;
  const at = index == null || index >= plot.data[0].length ? plot.data[0].length - 1 : index;
  const value = plot.data[1][at];
  const kind = { second: "second", minute: "minute", hour: "hour", day: "day" }[series.group];
  const text = at < 0 ? "" : (value == null ? "none" : number(value)) + " · " + format(plot.data[0][at], kind);
  // Screen readers read the value only while the chart has the focus.
  chart.out.setAttribute("aria-live", document.activeElement === chart.box ? "polite" : "off");
  if (chart.out.textContent !== text) chart.out.textContent = text;
}

function describe(chart, buckets) {
  const values = buckets.map((b) => b[chart.key]).filter((v) => v != null);
  return `${chart.label} by ${series.group}, since ${format(buckets[0].at, "full")}. Largest value ${number(Math.max(0, ...values))}, newest value ${number(values.at(-1) ?? 0)}. Use the arrow keys to read the bars.`;
}

// moveCursor moves the chart's cursor from bar to bar by the keyboard.
function moveCursor(chart, event) {
  const { plot } = chart;
  const last = plot.data[0].length - 1;
  const from = plot.cursor.idx ?? last + 1;
  const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const index = Math.min(last, Math.max(0, to));
  plot.setCursor({ left: plot.valToPos(plot.data[0][index] + step[series.group] / 2, "x"), top: 10 });
  showValue(chart, index);
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => charts.forEach((c) => c.plot.redraw()));
$("#numbers").addEventListener("toggle", () => series && drawNumbers());

// The lists.

function row(values, tag = "td") {
  const tr = document.createElement("tr");
  for (const value of values) {
    const cell = document.createElement(tag);
    const { text, className } = typeof value === "object" && value ? value : { text: value };
    cell.textContent = text ?? "null";
    cell.className = className ?? (text === null ? "null" : "");
    if (cell.textContent.length > 60) (cell.classList.add("long"), (cell.title = cell.textContent));
    if (tag === "th") cell.scope = "col";
    tr.append(cell);
  }
  return tr;
}

function fillTable(table, head, rows) {
  const thead = document.createElement("thead");
  const tbody = document.createElement("tbody");
  thead.append(row(head, "th"));
  tbody.append(...rows.map((r) => row(r)));
  table.replaceChildren(thead, tbody);
  const box = table.closest(".scroll");
  box.hidden = !rows.length;
  const none = box.parentElement.querySelector(".none");
  if (none) none.hidden = rows.length > 0;
}

const right = (text) => ({ text, className: "number" });

function drawNumbers() {
  const head = ["Time", ...series.charts.map((c) => right(c.label)), right("Rejected")];
  const rows = [...series.buckets].reverse().slice(0, 200).map((b) => [format(b.at, "full"), ...series.charts.map((c) => right(b[c.key] == null ? "none" : number(b[c.key]))), right(number(b.rejected))]);
  fillTable($("#numbers table"), head, rows);
}

function drawLists() {
  const numeric = /^(int|float|numeric|decimal)/;
  const kinds = lists.columns.map((c) => (numeric.test(c.type) ? "number" : c.type.startsWith("timestamp") ? "time" : ""));
  const cell = (value, kind) => (value === null ? { text: "null", className: "null" } : kind === "time" ? timeText(value) : kind === "number" ? right(value) : value.trim());
  fillTable($("#latest"), lists.columns.map((c, i) => (kinds[i] === "number" ? right(c.name) : c.name)), lists.latest.map((r) => r.map((v, i) => cell(v, kinds[i]))));
  const took = (us) => (us < 1e6 ? number(Math.round(us / 100) / 10) + " ms" : number(us / 1e6) + " s");
  fillTable($("#refreshes"), ["Started", right("Duration"), "Kind", "Status"], lists.refreshes.map((r) => [timeText(r.at), right(took(r.microseconds)), r.kind, { text: r.status, className: r.ok ? "" : "bad" }]));
  drawRejected();
}

function drawRejected() {
  const items = lists.rejected.map((r) => {
    const li = document.createElement("li");
    li.innerHTML = "<b></b><time></time><code></code>";
    li.children[0].textContent = r.reason;
    li.children[1].textContent = timeText(r.at);
    li.children[2].textContent = r.record;
    li.children[2].hidden = !r.record;
    return li;
  });
  $("#rejections").replaceChildren(...items);
  $("#rejections").hidden = !items.length;
  $("#rejections").parentElement.querySelector(".none").hidden = items.length > 0;
}

// drawTiles updates the tiles above the charts that depend on the current time.
function drawTiles() {
  if (!arrivals) return;
  const age = arrivals.newest ? Math.max(0, now() - parseTime(arrivals.newest) / 1000) : null;
  $("#freshness").textContent = age === null ? "none yet" : duration(age) + " ago";
  $("#freshness-note").textContent = arrivals.newest ? "arrived " + timeText(arrivals.newest) : "";
  $("#rate").textContent = number(arrivals.minute || 0);
  const last = lists?.refreshes[0];
  $("#refreshed").textContent = last ? (last.ok ? "" : "failed, ") + duration(Math.max(0, now() - parseTime(last.at) / 1000)) + " ago" : "none yet";
  $("#refreshed").classList.toggle("bad", last?.ok === false);
  $("#refreshed-note").textContent = last ? last.kind.toLowerCase() : "";
}

setInterval(() => {
  if (document.hidden || document.body.classList.contains("stopped")) return;
  drawTiles();
  if (series?.buckets.length) redraw();
}, 1000);

readURL();
connect();
