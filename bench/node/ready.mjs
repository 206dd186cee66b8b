// Loads the Redshift Data client, as a Lambda function written for Node.js
// would, and then asks the runtime API for an event: it is ready.
import { RedshiftDataClient } from "@aws-sdk/client-redshift-data";

new RedshiftDataClient({ region: "us-east-1" });
const api = process.env.AWS_LAMBDA_RUNTIME_API;
await fetch(`http://${api}/2018-06-01/runtime/invocation/next`);
