// Renders a record template like the Kinesis Data Generator, with the same versions of
// faker and moment, and prints the rate in records per second. In the mode "wire" it also
// creates PutRecords bodies of 500 records and signs them, like the AWS SDK in the page of
// the Kinesis Data Generator.
//
// Usage: node kdg.mjs render|wire SECONDS < template
import crypto from "node:crypto";
import fs from "node:fs";
import { kdg } from "./faker.mjs";

const [mode, seconds] = [process.argv[2], Number(process.argv[3])];
const template = fs.readFileSync(0, "utf8").trim().replace(/\n/g, "").replace("{{current.timestamp}}", "{{date.now}}");
const faker = kdg();

function putRecords() {
  const Records = [];
  for (let i = 0; i < 500; i++) {
    const PartitionKey = Math.floor(Math.random() * 1e10).toString();
    Records.push({ Data: Buffer.from(faker.fake(template) + "\n").toString("base64"), PartitionKey });
  }
  sign(JSON.stringify({ Records, StreamName: "ev_stream_data" }));
}

// Signs a request body by Signature Version 4.
function sign(body) {
  const hash = (text) => crypto.createHash("sha256").update(text).digest("hex");
  const hmac = (key, text) => crypto.createHmac("sha256", key).update(text).digest();
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `${time.slice(0, 8)}/us-east-1/kinesis/aws4_request`;
  const headers = `content-type:application/x-amz-json-1.1\nhost:kinesis.us-east-1.amazonaws.com\nx-amz-date:${time}\nx-amz-target:Kinesis_20131202.PutRecords\n`;
  const request = `POST\n/\n\n${headers}\ncontent-type;host;x-amz-date;x-amz-target\n${hash(body)}`;
  const key = scope.split("/").reduce(hmac, "AWS4secret");
  return hmac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash(request)}`).toString("hex");
}

const step = mode === "wire" ? putRecords : () => { for (let i = 0; i < 500; i++) faker.fake(template); };
step(); // lets the JavaScript engine compile the code
const began = process.hrtime.bigint();
let records = 0, took = 0;
for (; took < seconds; took = Number(process.hrtime.bigint() - began) / 1e9) {
  step();
  records += 500;
}
console.log(records / took);
