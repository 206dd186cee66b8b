// Returns faker 3.1.0 with the changes of the Kinesis Data Generator: a corrected fake
// function, date functions by moment 2.17.1, and weighted array elements.
import fs from "node:fs";
import { createRequire } from "node:module";

export function kdg() {
  const require = createRequire(import.meta.url);
  const [faker, moment] = [require("faker"), require("moment")];
  faker.date.now = (format) => moment().format(format);
  faker.date.utc = (format) => moment().utc().format(format);
  faker.random.uuid = faker.random.uuid.bind(faker.random);
  faker.random.weightedArrayElement = ({ weights, data }) => {
    const drawn = Math.random() * weights.reduce((a, b) => a + b, 0);
    let running = 0;
    return data[weights.findIndex((weight) => drawn <= (running = Number((running + weight).toFixed(2))))];
  };
  // The corrected fake function stops at a text that contains }} but no {{.
  const repaired = fs.readFileSync(require.resolve("faker/lib/fake.js"), "utf8").replace("start === -1 && end === -1", "start === -1 || end === -1");
  const module = { exports: {} };
  new Function("module", repaired)(module);
  faker.fake = new module.exports(faker).fake;
  return faker;
}
