package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func objects(ctx context.Context, c aws.Config) error {
	quiet := func(o *s3.Options) { o.DisableLogOutputChecksumValidationSkipped = true } // of parts and ranges
	client, bucket := s3.NewFromConfig(c, quiet), aws.String(name)
	if _, err := client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: bucket}); err != nil {
		return err
	}
	large := make([]byte, 20_000_060)
	for i := range large {
		large[i] = byte(i * 7 % 251)
	}
	if err := upload(ctx, client, bucket, large); err != nil {
		return err
	}
	if err := download(ctx, client, bucket, large); err != nil {
		return err
	}
	listed, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: bucket})
	if err != nil {
		return err
	}
	type entry struct {
		key  string
		size int64
	}
	var got []entry
	var keys []types.ObjectIdentifier
	for _, o := range listed.Contents {
		got = append(got, entry{*o.Key, *o.Size})
		keys = append(keys, types.ObjectIdentifier{Key: o.Key})
	}
	size := int64(len(large))
	if err := check("s3 lists", got, []entry{{"a/small.txt", 5}, {"b/large parts.bin", size}, {"b/large.bin", size}}); err != nil {
		return err
	}
	_, err = client.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("gone")})
	if err := check("s3 names a missing key", refused(err), "NoSuchKey"); err != nil {
		return err
	}
	deleted, err := client.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: bucket, Delete: &types.Delete{Objects: keys}})
	if err != nil {
		return err
	}
	if err := check("s3 deletes", len(deleted.Deleted), 3); err != nil {
		return err
	}
	_, err = client.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: bucket})
	return err
}

// upload puts a small object, and a large one twice: at once and in parts.
func upload(ctx context.Context, client *s3.Client, bucket *string, large []byte) error {
	_, err := client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: bucket, Key: aws.String("a/small.txt"), Body: bytes.NewReader([]byte("hello")),
		Metadata: map[string]string{"who": "me"}, ContentType: aws.String("text/plain"),
	})
	if err != nil {
		return err
	}
	if _, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("b/large.bin"), Body: bytes.NewReader(large)}); err != nil {
		return err
	}
	_, err = transfermanager.New(client).UploadObject(ctx, &transfermanager.UploadObjectInput{
		Bucket: bucket, Key: aws.String("b/large parts.bin"), Body: bytes.NewReader(large),
	})
	return err
}

func download(ctx context.Context, client *s3.Client, bucket *string, large []byte) error {
	get := func(key string, part *string) (*s3.GetObjectOutput, []byte, error) {
		out, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String(key), Range: part})
		if err != nil {
			return nil, nil, err
		}
		body, err := io.ReadAll(out.Body)
		return out, body, errors.Join(err, out.Body.Close())
	}
	out, body, err := get("a/small.txt", nil)
	if err != nil {
		return err
	}
	if err := check("s3 gives a small object", []any{string(body), out.Metadata, *out.ContentType}, []any{"hello", map[string]string{"who": "me"}, "text/plain"}); err != nil {
		return err
	}
	for _, key := range []string{"b/large.bin", "b/large parts.bin"} {
		_, body, err := get(key, nil)
		if err != nil {
			return err
		}
		if err := check("s3 gives "+key, sha256.Sum256(body), sha256.Sum256(large)); err != nil {
			return err
		}
	}
	_, body, err = get("b/large.bin", aws.String("bytes=9000000-9000004"))
	if err != nil {
		return err
	}
	return check("s3 gives a range", body, large[9000000:9000005])
}
