// Opens a page in a fresh browser window a few times, and prints for each time when
// it was first painted and when its charts stood, in milliseconds, and the bytes
// that it loaded, as JSON.
import { chromium } from "playwright-core";

const url = process.env.PAGE; // no argument: it holds a secret
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
