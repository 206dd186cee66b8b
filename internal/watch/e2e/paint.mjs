// Opens a page several times, each time in a new browser context, and prints JSON with
// one object for each time: the times of the first paint and of the first chart in
// milliseconds, and the number of bytes loaded.
import { chromium } from "playwright-core";

const url = process.env.PAGE; // not an argument, because it contains a secret
const runs = process.argv[2];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox", "--disable-background-networking"] });
const results = [];
try {
  for (let i = 0; i < Number(runs); i++) {
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
    const page = await context.newPage();
    await page.goto(url);
    const charts = await page.waitForFunction(() => document.querySelector("figure canvas") && performance.now(), null, { timeout: 60000, polling: 20 });
    const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
    const bytes = await page.evaluate(() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].reduce((sum, e) => sum + e.decodedBodySize, 0));
    results.push({ paint, charts: await charts.jsonValue(), bytes });
    await context.close();
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(results));
