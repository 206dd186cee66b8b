// Renders templates like the Kinesis Data Generator. Standard input is a JSON array of
// {template, records}, where records is how many to render. Standard output is a JSON
// array of {records}, which is a list of texts, or {error}.
import fs from "node:fs";
import { kdg } from "./faker.mjs";

const faker = kdg();
// Texts in a record that show that faker could not render it. NaN must be a whole word,
// because a password may contain these letters.
const invalid = /\bNaN\b|undefined|\[object Object\]|Invalid date|Invalid Date/;

function render({ template, records }) {
  const cleaned = template.trim().replace(/\n/g, "").replace("{{current.timestamp}}", "{{date.now}}");
  const texts = [];
  for (let i = 0; i < records; i++) {
    const text = String(faker.fake(cleaned));
    if (invalid.test(text)) throw new Error(`invalid record: ${text.slice(0, 200)}`);
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
