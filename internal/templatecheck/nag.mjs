// Runs cdk-nag's AwsSolutions over the CloudFormation templates that the arguments
// name, and prints every finding as JSON: [{file, rule, resource}].
import { App, Stack } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { AwsSolutionsChecks } from 'cdk-nag';

const app = new App({ analyticsReporting: false });
const findings = [];
for (const [i, file] of process.argv.slice(2).entries()) {
  const stack = new Stack(app, `Template${i}`);
  new CfnInclude(stack, 'Included', { templateFile: file });
  for (const violation of new AwsSolutionsChecks(stack).validateScope(stack).violations) {
    for (const resource of violation.violatingResources) {
      findings.push({ file, rule: violation.ruleName, resource: resource.constructPath.split("/").pop() });
    }
  }
}
process.stdout.write(JSON.stringify(findings));
