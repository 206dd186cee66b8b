// Renders templates as the Kinesis Data Generator does: reads a JSON array of
// {template, records} and prints an array of {records} or {error}.
import fs from "node:fs";
import { kdg } from "./faker.mjs";

const faker = kdg();
// A word of its own: a password may hold the letters.
const senseless = /\bNaN\b|undefined|\[object Object\]|Invalid date|Invalid Date/;

function render({ template, records }) {
  const cleaned = template.trim().replace(/\n/g, "").replace("{{current.timestamp}}", "{{date.now}}");
  const texts = [];
  for (let i = 0; i < records; i++) {
    const text = String(faker.fake(cleaned));
    if (senseless.test(text)) throw new Error(`makes no sense: ${text.slice(0, 200)}`);
    texts.push(text);
  }
  return texts;
}

console.log(JSON.stringify(JSON.parse(fs.readFileSync(0, "utf8")).map((job) => {
  try {
    return { records: render(job) };
  } catch (error) {
    return { error: String(error) };
  }
})));
