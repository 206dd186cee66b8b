// Loads the Redshift Data client like a Lambda function for Node.js. Then it requests the
// first event from the Lambda runtime API, which means that it is ready.
import { RedshiftDataClient } from "@aws-sdk/client-redshift-data";

new RedshiftDataClient({ region: "us-east-1" });
const api = process.env.AWS_LAMBDA_RUNTIME_API;
await fetch(`http://${api}/2018-06-01/runtime/invocation/next`);
