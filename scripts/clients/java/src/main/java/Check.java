import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.redshift.RedshiftClient;
import software.amazon.awssdk.services.redshiftdata.RedshiftDataClient;
import software.amazon.awssdk.services.redshiftdata.model.DescribeStatementResponse;
import software.amazon.awssdk.services.redshiftdata.model.Field;
import software.amazon.awssdk.services.redshiftdata.model.SqlParameter;
import software.amazon.awssdk.services.redshiftdata.model.StatusString;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * Uses a running twin through the AWS SDK for Java, which speaks CBOR to Kinesis, and
 * compares whole values. The environment says where the twin is and what to sign with,
 * as for every client of AWS. It prints a line for each check, and ends with status 1
 * at the first difference.
 */
public final class Check {
  private static final String NAME = "java-client";

  private Check() {}

  public static void main(String[] args) throws Exception {
    sts();
    kinesis();
    kinesisOverHttp2();
    s3();
    redshift();
    cloudformation();
  }

  /** Prints a check that holds; ends the program at one that doesn't. */
  private static void check(String what, Object got, Object want) {
    if (!Objects.equals(got, want)) {
      System.err.printf("java: %s: got %s, want %s%n", what, got, want);
      System.exit(1);
    }
    System.out.println("java: " + what);
  }

  /** Returns the code of the error that a call is refused with. */
  private static String refused(Runnable call) {
    try {
      call.run();
    } catch (AwsServiceException e) {
      return e.awsErrorDetails().errorCode();
    }
    return null;
  }

  private static void sts() {
    try (StsClient client = StsClient.create()) {
      var me = client.getCallerIdentity();
      check("sts says who I am", me.arn(), "arn:aws:iam::" + me.account() + ":root");
    }
  }

  private static void kinesis() {
    byte[] binary = new byte[256];
    for (int i = 0; i < binary.length; i++) {
      binary[i] = (byte) i;
    }
    Map<String, SdkBytes> want = new TreeMap<>(Map.of(
        "a", SdkBytes.fromUtf8String("{\"a\":1}"), "é", SdkBytes.fromByteArray(binary),
        "empty", SdkBytes.fromByteArray(new byte[0]), "large", SdkBytes.fromUtf8String("x".repeat(1_000_000))));
    try (KinesisClient client = KinesisClient.create()) {
      client.createStream(b -> b.streamName(NAME).shardCount(2).tags(Map.of("k", "v")));
      client.waiter().waitUntilStreamExists(b -> b.streamName(NAME));
      List<PutRecordsRequestEntry> entries = new ArrayList<>();
      want.forEach((key, data) -> entries.add(PutRecordsRequestEntry.builder().partitionKey(key).data(data).build()));
      check("kinesis takes all records", client.putRecords(b -> b.streamName(NAME).records(entries)).failedRecordCount(), 0);
      check("kinesis gives the same records", read(client, ShardIteratorType.TRIM_HORIZON, null), want);
      Instant before = Instant.now().minus(Duration.ofHours(1));
      check("kinesis gives them from a time on", read(client, ShardIteratorType.AT_TIMESTAMP, before), want);
      var made = client.describeStreamSummary(b -> b.streamName(NAME)).streamDescriptionSummary().streamCreationTimestamp();
      check("kinesis knows when a stream was made", recent(made), true);
      check("kinesis names a missing stream", refused(() -> client.describeStream(b -> b.streamName("gone"))), "ResourceNotFoundException");
      client.deleteStream(b -> b.streamName(NAME));
    }
  }

  private static boolean recent(Instant time) {
    return Duration.between(time, Instant.now()).abs().compareTo(Duration.ofMinutes(5)) < 0;
  }

  private static Map<String, SdkBytes> read(KinesisClient client, ShardIteratorType type, Instant from) {
    Map<String, SdkBytes> got = new TreeMap<>();
    for (Shard shard : client.listShards(b -> b.streamName(NAME)).shards()) {
      String iterator = client.getShardIterator(
          b -> b.streamName(NAME).shardId(shard.shardId()).shardIteratorType(type).timestamp(from)).shardIterator();
      client.getRecords(b -> b.shardIterator(iterator)).records().forEach(record -> {
        got.put(record.partitionKey(), record.data());
        if (!recent(record.approximateArrivalTimestamp())) {
          check("when a record arrived", record.approximateArrivalTimestamp(), Instant.now());
        }
      });
    }
    return got;
  }

  /** The asynchronous client speaks HTTP/2. */
  private static void kinesisOverHttp2() {
    try (KinesisAsyncClient client = KinesisAsyncClient.create()) {
      check("kinesis answers the asynchronous client", client.listStreams().join().streamNames(), List.of());
    }
  }

  private static void s3() {
    byte[] large = new byte[20_000_060];
    for (int i = 0; i < large.length; i++) {
      large[i] = (byte) (i * 7L % 251);
    }
    try (S3Client client = S3Client.create()) {
      client.createBucket(b -> b.bucket(NAME));
      client.putObject(
          b -> b.bucket(NAME).key("a/small.txt").metadata(Map.of("who", "me")).contentType("text/plain"), RequestBody.fromString("hello"));
      client.putObject(b -> b.bucket(NAME).key("b/large.bin"), RequestBody.fromBytes(large));
      try (S3AsyncClient parts = S3AsyncClient.builder().multipartEnabled(true).build()) {
        parts.putObject(b -> b.bucket(NAME).key("b/large parts.bin"), AsyncRequestBody.fromBytes(large)).join();
      }
      var small = client.getObjectAsBytes(b -> b.bucket(NAME).key("a/small.txt"));
      check("s3 gives a small object",
          List.of(small.asUtf8String(), small.response().metadata(), small.response().contentType()),
          List.of("hello", Map.of("who", "me"), "text/plain"));
      for (String key : List.of("b/large.bin", "b/large parts.bin")) {
        check("s3 gives " + key, Arrays.equals(client.getObjectAsBytes(b -> b.bucket(NAME).key(key)).asByteArray(), large), true);
      }
      check("s3 puts parts together", client.headObject(b -> b.bucket(NAME).key("b/large parts.bin")).eTag().endsWith("-3\""), true);
      var ranged = client.getObjectAsBytes(b -> b.bucket(NAME).key("b/large.bin").range("bytes=9000000-9000004"));
      check("s3 gives a range", SdkBytes.fromByteArray(ranged.asByteArray()), SdkBytes.fromByteArray(Arrays.copyOfRange(large, 9000000, 9000005)));
      List<S3Object> listed = client.listObjectsV2(b -> b.bucket(NAME)).contents();
      List<String> keys = List.of("a/small.txt", "b/large parts.bin", "b/large.bin");
      check("s3 lists", listed.stream().map(S3Object::key).toList(), keys);
      check("s3 names a missing key", refused(() -> client.getObjectAsBytes(b -> b.bucket(NAME).key("gone"))), "NoSuchKey");
      var ids = keys.stream().map(key -> ObjectIdentifier.builder().key(key).build()).toList();
      check("s3 deletes", client.deleteObjects(b -> b.bucket(NAME).delete(d -> d.objects(ids))).deleted().size(), 3);
      client.deleteBucket(b -> b.bucket(NAME));
    }
  }

  private static void redshift() throws InterruptedException {
    try (RedshiftClient clusters = RedshiftClient.create(); RedshiftDataClient data = RedshiftDataClient.create()) {
      clusters.createCluster(b -> b.clusterIdentifier(NAME).clusterType("single-node").nodeType("ra3.large").dbName("dev")
          .masterUsername("awsuser").masterUserPassword("Abcdefg1"));
      clusters.waiter().waitUntilClusterAvailable(b -> b.clusterIdentifier(NAME));
      var batch = ended(data, data.batchExecuteStatement(b -> b.clusterIdentifier(NAME).database("dev").dbUser("awsuser")
          .sqls("CREATE TABLE t (id INT, name VARCHAR(20))", "INSERT INTO t VALUES (1, 'a''b'), (2, NULL)")).id());
      check("redshift-data runs a batch", List.of(batch.status(), batch.subStatements().size()), List.of(StatusString.FINISHED, 2));
      var select = ended(data, data.executeStatement(b -> b.clusterIdentifier(NAME).database("dev").dbUser("awsuser")
          .sql("SELECT id, name FROM t WHERE id <= :most ORDER BY id")
          .parameters(SqlParameter.builder().name("most").value("2").build())).id());
      check("redshift-data gives rows", data.getStatementResult(b -> b.id(select.id())).records(), List.of(
          List.of(Field.fromLongValue(1L), Field.fromStringValue("a'b")), List.of(Field.fromLongValue(2L), Field.fromIsNull(true))));
      var wrong = ended(data, data.executeStatement(b -> b.clusterIdentifier(NAME).database("dev").dbUser("awsuser")
          .sql("SELECT nothing FROM nowhere")).id());
      check("redshift-data fails a wrong statement", List.of(wrong.status(), wrong.error().contains("nowhere")), List.of(StatusString.FAILED, true));
      clusters.deleteCluster(b -> b.clusterIdentifier(NAME).skipFinalClusterSnapshot(true));
    }
  }

  private static DescribeStatementResponse ended(RedshiftDataClient data, String id) throws InterruptedException {
    while (true) {
      var now = data.describeStatement(b -> b.id(id));
      switch (now.status()) {
        case FINISHED, FAILED, ABORTED -> {
          return now;
        }
        default -> Thread.sleep(50);
      }
    }
  }

  private static void cloudformation() {
    String template = """
        {"Resources":{"S":{"Type":"AWS::Kinesis::Stream","Properties":{"ShardCount":1}}},"Outputs":{"Name":{"Value":{"Ref":"S"}}}}""";
    try (CloudFormationClient client = CloudFormationClient.create()) {
      client.createStack(b -> b.stackName(NAME).templateBody(template));
      client.waiter().waitUntilStackCreateComplete(b -> b.stackName(NAME));
      var outputs = client.describeStacks(b -> b.stackName(NAME)).stacks().get(0).outputs();
      var stream = client.describeStackResource(b -> b.stackName(NAME).logicalResourceId("S")).stackResourceDetail().physicalResourceId();
      check("cloudformation makes a stack", outputs.get(0).outputValue(), stream);
      client.deleteStack(b -> b.stackName(NAME));
      client.waiter().waitUntilStackDeleteComplete(b -> b.stackName(NAME));
      check("cloudformation deletes it", refused(() -> client.describeStacks(b -> b.stackName(NAME))), "ValidationError");
    }
  }
}
