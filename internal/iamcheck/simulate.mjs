// Evaluates calls with iam-simulate. The script reads a JSON list of calls, [{principal,
// account, action, resource, context, policies, resourcePolicy}], from standard input. It
// writes a JSON list with one result for each call: {decision, ignored} or {error}. ignored
// lists the condition keys of the context that AWS doesn't set for the action.
//
// iam-simulate has the license AGPL, version 3. It runs in this separate process, which only
// the check starts. Tributary does not import, ship or install iam-simulate: the package.json
// in this directory is only for the check.
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
