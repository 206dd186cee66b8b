// Drives the page in Chromium, and compares the page's numbers with results of SQL. It
// prints one line for each check, and exits with status 1 if any check has failed.
import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pages = JSON.parse(process.env.PAGES);
const images = new URL("../../../docs/images/", import.meta.url).pathname;
mkdirSync(images, { recursive: true });

// control sends a request to the test process; see controls in page_test.go.
const control = async (path) => {
  const response = await fetch(process.env.CONTROL + path);
  const text = await response.text();
  if (!response.ok) throw new Error(path + ": " + text);
  return text;
};
const query = (sql) => control("/query?sql=" + encodeURIComponent(sql));
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

let failed = 0;
function check(what, ok, detail = "") {
  if (!ok) failed++;
  console.log((ok ? "ok      " : "FAILED  ") + what + (ok ? "" : ": " + detail));
}
// eventually waits until f returns a true value, and returns how many milliseconds that
// took. If that takes more than the given seconds, the check fails.
async function eventually(what, f, seconds = 10) {
  const began = Date.now();
  let last;
  while (Date.now() - began < seconds * 1000) {
    last = await f();
    if (last) {
      check(what, true);
      return Date.now() - began;
    }
    await sleep(25);
  }
  check(what, false, `not within ${seconds} s, got ${last}`);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
});

// open opens a page. It collects in page.errors all errors and warnings of the
// console, and all requests to other hosts.
async function open(url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, timezoneId: "Europe/Berlin", ...options });
  const page = await context.newPage();
  page.errors = [];
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && page.errors.push(m.text()));
  page.on("pageerror", (e) => page.errors.push(String(e)));
  page.on("request", (r) => new URL(r.url()).hostname !== "127.0.0.1" && page.errors.push("requested " + r.url()));
  await page.goto(url);
  return page;
}
const text = (page, selector) => page.locator(selector).first().innerText();
const total = async (page) => Number((await text(page, "#rows")).replaceAll(",", ""));

async function accessible(page, what) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  check("axe finds no problems, " + what, violations.length === 0, JSON.stringify(violations.map((v) => [v.id, v.nodes.map((n) => n.target + " " + n.failureSummary)])));
}

try {
  // Before the view exists, and before it has rows.
  const page = await open(pages.lab);
  await eventually("a missing view is explained", async () => (await text(page, "#notice")).includes("There is no view ev_station_data_extract yet"));
  await accessible(page, "with a notice");
  await control("/views");
  await eventually("the page continues when the view exists", async () => (await page.locator("#empty").isVisible()) && (await text(page, "#empty")).includes("tributary generate"));
  check("the notice is hidden", !(await page.locator("#notice").isVisible()));
  await accessible(page, "empty");
  await page.screenshot({ path: images + "watch-empty.png" });

  // While records arrive.
  let sending = true;
  const sender = (async () => {
    while (sending) {
      await control("/put?n=" + (9 + Math.floor(6 * Math.sin(Date.now() / 9000))));
      await sleep(150);
    }
  })();
  await eventually("the charts appear", () => page.locator("figure").count().then((n) => n === 3));
  const first = await total(page);
  await eventually("the charts move", async () => (await total(page)) > first + 20);
  check("the chart shows its newest value next to its name", /\d/.test(await text(page, "figure output")), await text(page, "figure output"));
  await page.selectOption("[name=window]", "15m");
  await page.selectOption("[name=group]", "second");
  await eventually("the URL has the choice", () => page.url().includes("window=15m&group=second&zone=UTC"));
  await page.selectOption("[name=zone]", "America/St_Johns");
  const restored = await open(page.url());
  check("the URL restores the view", (await restored.inputValue("[name=window]")) === "15m" && (await restored.inputValue("[name=zone]")) === "America/St_Johns");
  await restored.context().close();
  await control("/bad");
  await eventually("rejected records are shown with the reason", async () => (await text(page, "#rejections")).includes("doesn’t fit") || (await text(page, "#rejections")).includes("doesn't fit its column: kwhdelivered"));
  check("a record that is not JSON is shown as such", (await text(page, "#rejections")).includes("not JSON"), await text(page, "#rejections"));
  await sleep(Number(process.env.FLOW || 60) * 1000);

  // Screenshots and accessibility.
  await page.selectOption("[name=zone]", "Europe/Berlin");
  await page.selectOption("[name=window]", "1m");
  await page.setViewportSize({ width: 1200, height: 1000 });
  await sleep(2500);
  await accessible(page, "light");
  await page.screenshot({ path: images + "watch-light.png" });
  await page.emulateMedia({ colorScheme: "dark" });
  await sleep(500);
  await accessible(page, "dark");
  await page.screenshot({ path: images + "watch-dark.png" });
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 390, height: 844 });
  await sleep(1200);
  check("a narrow screen needs no horizontal scrolling", await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await accessible(page, "narrow");
  await page.screenshot({ path: images + "watch-narrow.png" });
  await page.setViewportSize({ width: 1200, height: 900 });
  await page.selectOption("[name=window]", "15m");
  sending = false;
  await sender;

  // The numbers, compared with SQL.
  await page.selectOption("[name=zone]", "UTC");
  await page.selectOption("[name=group]", "minute");
  const inSQL = await query("SELECT COUNT(*) FROM ev_station_data_extract");
  await eventually("the number of rows is the same as in SQL", async () => (await total(page)) === Number(inSQL));
  await page.locator("#numbers summary").click();
  const shown = await page.locator("#numbers tbody tr").evaluateAll((rows) => rows.map((r) => [...r.cells].slice(1, 4).map((c) => c.textContent.replaceAll(",", "")).join(" ")));
  const wanted = (await query(`SELECT date_trunc('minute', approximatearrivaltimestamp), SUM(kwhdelivered), COUNT(DISTINCT userid), COUNT(*) FROM ev_station_data_extract GROUP BY 1 ORDER BY 1 DESC`))
    .split("\n").map((line) => line.split("\t").slice(1).map(Number).join(" "));
  check("energy, users and rows of each minute are the same as in SQL", JSON.stringify(shown) === JSON.stringify(wanted), JSON.stringify({ shown, wanted }));
  await page.locator("#numbers summary").click();
  const wide = await open(pages.super + "?window=5m");
  await eventually("SUPER fields with mixed-case names are summed up", async () => {
    await wide.evaluate(() => (document.querySelector("#numbers").open = true));
    const cells = await wide.locator("#numbers tbody tr td:nth-child(2)").allInnerTexts();
    const sum = cells.reduce((s, c) => s + (Number(c.replaceAll(",", "")) || 0), 0);
    return Math.abs(sum - Number(await query("SELECT SUM(kwhdelivered) FROM ev_station_data_extract"))) < 0.01;
  });
  check("no console errors with SUPER", wide.errors.length === 0, wide.errors.join("; "));
  await wide.context().close();

  // Delay after a refresh, and the keyboard.
  await page.selectOption("[name=group]", "second");
  await sleep(1500);
  const before = await total(page);
  await control("/put?n=10");
  const refreshed = async () => Number(await query("SELECT COUNT(*) FROM ev_station_data_extract")) >= before + 10;
  while (!(await refreshed())) await sleep(10);
  const took = await eventually("rows are shown within a second after the refresh", async () => (await total(page)) === before + 10, 1);
  console.log("        it took " + took + " ms");
  const newest = await text(page, "figure output");
  await page.locator(".plot").first().focus();
  for (let i = 0; i < 20; i++) await page.keyboard.press("ArrowLeft");
  check("arrow keys move the cursor between the bars", (await text(page, "figure output")) !== newest, newest);
  await page.locator("h1").click();

  // The warehouse is paused and resumed.
  await control("/pause");
  await eventually("a paused warehouse is reported", async () => (await text(page, "#notice")).includes("The warehouse is paused."));
  check("the remedy is shown", (await text(page, "#notice")).includes("Resume it"));
  await accessible(page, "paused");
  await control("/resume");
  await eventually("the page recovers", async () => !(await page.locator("#notice").isVisible()));
  await control("/put?n=40");
  await eventually("the page shows the rows that have arrived", async () => (await total(page)) === before + 50);

  check("no console errors, and no requests to other hosts", page.errors.length === 0, page.errors.join("; "));

  const wrong = await open(pages.wrong);
  await eventually("all wrong columns are reported at once", async () => {
    const notice = await text(wrong, "#notice");
    return notice.includes('no column "price"') && notice.includes("has no fields");
  });
} finally {
  await browser.close();
}
process.exit(failed ? 1 : 0);
