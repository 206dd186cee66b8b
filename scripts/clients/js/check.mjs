// Uses a running twin through the AWS SDK for JavaScript, and compares whole
// values. The environment says where the twin is and what to sign with, as for
// every client of AWS. It prints a line for each check, and ends with status 1 at
// the first difference.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as cfn from '@aws-sdk/client-cloudformation';
import * as kds from '@aws-sdk/client-kinesis';
import * as rs from '@aws-sdk/client-redshift';
import * as rsd from '@aws-sdk/client-redshift-data';
import * as objects from '@aws-sdk/client-s3';
import * as tokens from '@aws-sdk/client-sts';
import { Upload } from '@aws-sdk/lib-storage';

const name = 'js-client';
const wait = (client) => ({ client, minDelay: 1, maxDelay: 1, maxWaitTime: 60 });

// check prints a check that holds.
function check(what, got, want) {
  assert.deepStrictEqual(got, want, `js: ${what}`);
  console.log(`js: ${what}`);
}

// refused returns the name of the error that a call is refused with.
const refused = (call) => call.then(() => undefined, (error) => error.name);

async function sts() {
  const me = await new tokens.STS().getCallerIdentity();
  check('sts says who I am', me.Arn, `arn:aws:iam::${me.Account}:root`);
}

async function kinesis() {
  const client = new kds.Kinesis();
  await client.createStream({ StreamName: name, ShardCount: 2 });
  await kds.waitUntilStreamExists(wait(client), { StreamName: name });
  const want = { 'a': '{"a":1}', 'é': String.fromCharCode(...Array(256).keys()), 'empty': '', 'large': 'x'.repeat(1_000_000) };
  const put = await client.putRecords({
    StreamName: name,
    Records: Object.entries(want).map(([PartitionKey, data]) => ({ PartitionKey, Data: Buffer.from(data, 'latin1') })),
  });
  check('kinesis takes all records', put.FailedRecordCount, 0);
  const got = {};
  for (const { ShardId } of (await client.listShards({ StreamName: name })).Shards) {
    const { ShardIterator } = await client.getShardIterator({ StreamName: name, ShardId, ShardIteratorType: 'TRIM_HORIZON' });
    for (const record of (await client.getRecords({ ShardIterator })).Records) {
      got[record.PartitionKey] = Buffer.from(record.Data).toString('latin1');
      assert(Math.abs(Date.now() - record.ApproximateArrivalTimestamp.getTime()) < 300_000, 'js: when a record arrived');
    }
  }
  check('kinesis gives the same records', got, want);
  check('kinesis names a missing stream', await refused(client.describeStream({ StreamName: 'gone' })), 'ResourceNotFoundException');
  await client.deleteStream({ StreamName: name });
}

async function s3() {
  const client = new objects.S3();
  await client.createBucket({ Bucket: name });
  const large = Buffer.from(Array.from({ length: 1_000_003 }, (_, i) => (i * 7) % 251));
  const body = Buffer.concat(Array(20).fill(large));
  await client.putObject({ Bucket: name, Key: 'a/small.txt', Body: 'hello', Metadata: { who: 'me' }, ContentType: 'text/plain' });
  await client.putObject({ Bucket: name, Key: 'b/large.bin', Body: body });
  await new Upload({ client, params: { Bucket: name, Key: 'b/large parts.bin', Body: body }, partSize: 8 << 20 }).done();
  const small = await client.getObject({ Bucket: name, Key: 'a/small.txt' });
  check('s3 gives a small object', [await small.Body.transformToString(), small.Metadata, small.ContentType], ['hello', { who: 'me' }, 'text/plain']);
  for (const Key of ['b/large.bin', 'b/large parts.bin']) {
    const got = await client.getObject({ Bucket: name, Key });
    check(`s3 gives ${Key}`, body.equals(await got.Body.transformToByteArray()), true);
  }
  const ranged = await client.getObject({ Bucket: name, Key: 'b/large.bin', Range: 'bytes=9000000-9000004' });
  check('s3 gives a range', Buffer.from(await ranged.Body.transformToByteArray()), body.subarray(9_000_000, 9_000_005));
  const listed = await client.listObjectsV2({ Bucket: name, Prefix: 'b/' });
  check('s3 lists', listed.Contents.map((o) => [o.Key, o.Size]), [['b/large parts.bin', body.length], ['b/large.bin', body.length]]);
  check('s3 names a missing key', await refused(client.getObject({ Bucket: name, Key: 'gone' })), 'NoSuchKey');
  const all = await client.listObjectsV2({ Bucket: name });
  const deleted = await client.deleteObjects({ Bucket: name, Delete: { Objects: all.Contents.map(({ Key }) => ({ Key })) } });
  check('s3 deletes', deleted.Deleted.map((o) => o.Key), ['a/small.txt', 'b/large parts.bin', 'b/large.bin']);
  await client.deleteBucket({ Bucket: name });
}

async function redshift() {
  const clusters = new rs.Redshift();
  const data = new rsd.RedshiftData();
  await clusters.createCluster({
    ClusterIdentifier: name, ClusterType: 'single-node', NodeType: 'ra3.large', DBName: 'dev',
    MasterUsername: 'awsuser', MasterUserPassword: 'Abcdefg1',
  });
  await rs.waitUntilClusterAvailable(wait(clusters), { ClusterIdentifier: name });
  const where = { ClusterIdentifier: name, Database: 'dev', DbUser: 'awsuser' };
  const ended = async ({ Id }) => {
    for (;;) {
      const now = await data.describeStatement({ Id });
      if (['FINISHED', 'FAILED', 'ABORTED'].includes(now.Status)) return now;
      await sleep(50);
    }
  };
  const batch = await ended(await data.batchExecuteStatement({
    ...where, Sqls: ['CREATE TABLE t (id INT, name VARCHAR(20))', "INSERT INTO t VALUES (1, 'a''b'), (2, NULL)"],
  }));
  check('redshift-data runs a batch', [batch.Status, batch.SubStatements.length], ['FINISHED', 2]);
  const select = await ended(await data.executeStatement({
    ...where, Sql: 'SELECT id, name FROM t WHERE id <= :most ORDER BY id', Parameters: [{ name: 'most', value: '2' }],
  }));
  const { Records } = await data.getStatementResult({ Id: select.Id });
  check('redshift-data gives rows', Records, [[{ longValue: 1 }, { stringValue: "a'b" }], [{ longValue: 2 }, { isNull: true }]]);
  const wrong = await ended(await data.executeStatement({ ...where, Sql: 'SELECT nothing FROM nowhere' }));
  check('redshift-data fails a wrong statement', [wrong.Status, wrong.Error.includes('nowhere')], ['FAILED', true]);
  await clusters.deleteCluster({ ClusterIdentifier: name, SkipFinalClusterSnapshot: true });
}

async function cloudformation() {
  const client = new cfn.CloudFormation();
  const TemplateBody = JSON.stringify({
    Resources: { S: { Type: 'AWS::Kinesis::Stream', Properties: { ShardCount: 1 } } }, Outputs: { Name: { Value: { Ref: 'S' } } },
  });
  await client.createStack({ StackName: name, TemplateBody });
  await cfn.waitUntilStackCreateComplete(wait(client), { StackName: name });
  const { Stacks: [stack] } = await client.describeStacks({ StackName: name });
  const { StackResourceDetail } = await client.describeStackResource({ StackName: name, LogicalResourceId: 'S' });
  check('cloudformation makes a stack', stack.Outputs, [{ OutputKey: 'Name', OutputValue: StackResourceDetail.PhysicalResourceId }]);
  await client.deleteStack({ StackName: name });
  await cfn.waitUntilStackDeleteComplete(wait(client), { StackName: name });
  check('cloudformation deletes it', await refused(client.describeStacks({ StackName: name })), 'ValidationError');
}

for (const service of [sts, kinesis, s3, redshift, cloudformation]) await service();
