// Has iam-simulate decide on calls. It reads [{principal, account, action, resource,
// context, policies, resourcePolicy}] as JSON, and writes, for each, {decision}, or
// {error}; and {ignored}, the context's keys that AWS doesn't give with such a call.
//
// iam-simulate is under the AGPL, version 3. It runs here, in a process of its own that
// checks start, and nothing of Tributary imports, ships or installs it: this
// directory's package.json is for the check alone.
import { readFileSync } from 'node:fs';
import { runSimulation } from '@cloud-copilot/iam-simulate';

const answers = [];
for (const call of JSON.parse(readFileSync(0, 'utf8'))) {
  const result = await runSimulation({
    request: {
      principal: call.principal,
      action: call.action,
      resource: { resource: call.resource, accountId: call.account },
      contextVariables: call.context ?? {},
    },
    identityPolicies: (call.policies ?? []).map((policy, i) => ({ name: `policy${i}`, policy })),
    resourcePolicy: call.resourcePolicy ?? undefined,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  }, {});
  if (result.resultType === 'error') {
    answers.push({ error: JSON.stringify(result.errors) });
  } else {
    answers.push({ decision: result.overallResult, ignored: result.result?.ignoredContextKeys ?? [] });
  }
}
process.stdout.write(JSON.stringify(answers));
