"""Uses a running twin through boto3, and compares whole values.

The environment says where the twin is and what to sign with, as for every client
of AWS. It prints a line for each check, and ends with status 1 at the first
difference.
"""

import datetime
import hashlib
import io
import sys
import time

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

NAME = "python-client"


def check(what, got, want):
    """Prints a check that holds; ends the program at one that doesn't."""
    if got != want:
        sys.exit(f"python: {what}: got {got!r}, want {want!r}")
    print(f"python: {what}")


def refused(call):
    """Returns the code of the error that a call is refused with."""
    try:
        call()
    except ClientError as e:
        return e.response["Error"]["Code"]
    return None


def sts():
    me = boto3.client("sts").get_caller_identity()
    check("sts says who I am", me["Arn"], f"arn:aws:iam::{me['Account']}:root")


def kinesis():
    client = boto3.client("kinesis")
    client.create_stream(StreamName=NAME, ShardCount=2)
    client.get_waiter("stream_exists").wait(StreamName=NAME)
    want = {"a": b'{"a":1}', "é": bytes(range(256)), "empty": b"", "large": b"x" * 1_000_000}
    entries = [{"PartitionKey": key, "Data": data} for key, data in want.items()]
    put = client.put_records(StreamName=NAME, Records=entries)
    check("kinesis takes all records", put["FailedRecordCount"], 0)
    got, arrived = {}, []
    for shard in client.list_shards(StreamName=NAME)["Shards"]:
        iterator = client.get_shard_iterator(
            StreamName=NAME, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        for record in client.get_records(ShardIterator=iterator)["Records"]:
            got[record["PartitionKey"]] = record["Data"]
            arrived.append(record["ApproximateArrivalTimestamp"])
    check("kinesis gives the same records", got, want)
    now = datetime.datetime.now(datetime.timezone.utc)
    check("kinesis knows when they arrived", all(abs(now - t) < datetime.timedelta(minutes=5) for t in arrived), True)
    check("kinesis names a missing stream", refused(lambda: client.describe_stream(StreamName="gone")), "ResourceNotFoundException")
    client.delete_stream(StreamName=NAME)


def s3():
    client = boto3.client("s3")
    client.create_bucket(Bucket=NAME)
    small, large = b"hello", bytes(i * 7 % 251 for i in range(1_000_003)) * 20
    client.put_object(Bucket=NAME, Key="a/small.txt", Body=small, Metadata={"who": "me"}, ContentType="text/plain")
    parts = TransferConfig(multipart_threshold=8 << 20, multipart_chunksize=8 << 20)
    client.upload_fileobj(io.BytesIO(large), NAME, "b/large parts.bin", Config=parts)
    client.put_object(Bucket=NAME, Key="b/large.bin", Body=io.BytesIO(large))
    got = client.get_object(Bucket=NAME, Key="a/small.txt")
    check("s3 gives a small object", (got["Body"].read(), got["Metadata"], got["ContentType"]), (small, {"who": "me"}, "text/plain"))
    for key in ("b/large parts.bin", "b/large.bin"):
        body = client.get_object(Bucket=NAME, Key=key)["Body"]
        check(f"s3 gives {key}", hashlib.sha256(body.read()).hexdigest(), hashlib.sha256(large).hexdigest())
    ranged = client.get_object(Bucket=NAME, Key="b/large.bin", Range="bytes=9000000-9000004")
    check("s3 gives a range", ranged["Body"].read(), large[9000000:9000005])
    listed = client.list_objects_v2(Bucket=NAME, Prefix="b/")["Contents"]
    check("s3 lists", [(o["Key"], o["Size"]) for o in listed], [("b/large parts.bin", len(large)), ("b/large.bin", len(large))])
    check("s3 names a missing key", refused(lambda: client.get_object(Bucket=NAME, Key="gone")), "NoSuchKey")
    keys = [{"Key": o["Key"]} for o in client.list_objects_v2(Bucket=NAME)["Contents"]]
    deleted = client.delete_objects(Bucket=NAME, Delete={"Objects": keys})
    check("s3 deletes", [o["Key"] for o in deleted["Deleted"]], ["a/small.txt", "b/large parts.bin", "b/large.bin"])
    client.delete_bucket(Bucket=NAME)


def redshift():
    clusters, data = boto3.client("redshift"), boto3.client("redshift-data")
    clusters.create_cluster(
        ClusterIdentifier=NAME, ClusterType="single-node", NodeType="ra3.large", DBName="dev",
        MasterUsername="awsuser", MasterUserPassword="Abcdefg1",
    )
    clusters.get_waiter("cluster_available").wait(ClusterIdentifier=NAME)
    where = {"ClusterIdentifier": NAME, "Database": "dev", "DbUser": "awsuser"}

    def run(call, **arguments):
        statement = call(**where, **arguments)["Id"]
        while (now := data.describe_statement(Id=statement))["Status"] not in ("FINISHED", "FAILED", "ABORTED"):
            time.sleep(0.05)
        return now

    batch = run(data.batch_execute_statement, Sqls=["CREATE TABLE t (id INT, name VARCHAR(20))", "INSERT INTO t VALUES (1, 'a''b'), (2, NULL)"])
    check("redshift-data runs a batch", (batch["Status"], len(batch["SubStatements"])), ("FINISHED", 2))
    select = run(data.execute_statement, Sql="SELECT id, name FROM t WHERE id <= :most ORDER BY id", Parameters=[{"name": "most", "value": "2"}])
    rows = data.get_statement_result(Id=select["Id"])["Records"]
    check("redshift-data gives rows", rows, [[{"longValue": 1}, {"stringValue": "a'b"}], [{"longValue": 2}, {"isNull": True}]])
    wrong = run(data.execute_statement, Sql="SELECT nothing FROM nowhere")
    check("redshift-data fails a wrong statement", (wrong["Status"], "nowhere" in wrong["Error"]), ("FAILED", True))
    clusters.delete_cluster(ClusterIdentifier=NAME, SkipFinalClusterSnapshot=True)


def cloudformation():
    client = boto3.client("cloudformation")
    template = '{"Resources":{"S":{"Type":"AWS::Kinesis::Stream","Properties":{"ShardCount":1}}},"Outputs":{"Name":{"Value":{"Ref":"S"}}}}'
    client.create_stack(StackName=NAME, TemplateBody=template)
    client.get_waiter("stack_create_complete").wait(StackName=NAME, WaiterConfig={"Delay": 1})
    stack = client.describe_stacks(StackName=NAME)["Stacks"][0]
    stream = client.describe_stack_resource(StackName=NAME, LogicalResourceId="S")["StackResourceDetail"]["PhysicalResourceId"]
    check("cloudformation makes a stack", [(o["OutputKey"], o["OutputValue"]) for o in stack["Outputs"]], [("Name", stream)])
    client.delete_stack(StackName=NAME)
    client.get_waiter("stack_delete_complete").wait(StackName=NAME, WaiterConfig={"Delay": 1})
    check("cloudformation deletes it", refused(lambda: client.describe_stacks(StackName=NAME)), "ValidationError")


if __name__ == "__main__":
    for service in (sts, kinesis, s3, redshift, cloudformation):
        service()
