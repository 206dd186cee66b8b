// faker 3.1.0 as the Kinesis Data Generator repaired it, with its functions of
// dates, which are moment 2.17.1's, and its weighted array elements.
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
  // A text with }} but without {{ is done.
  const repaired = fs.readFileSync(require.resolve("faker/lib/fake.js"), "utf8").replace("start === -1 && end === -1", "start === -1 || end === -1");
  const module = { exports: {} };
  new Function("module", repaired)(module);
  faker.fake = new module.exports(faker).fake;
  return faker;
}
