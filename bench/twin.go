package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/lab"
	"github.com/tributary-cdk/tributary/internal/produce"
	"github.com/tributary-cdk/tributary/internal/record"
	"github.com/tributary-cdk/tributary/internal/twinprocess"
)

const (
	putRecords = 100_000 // how many records a turn puts into the stream
	queries    = 200     // how many queries a turn runs
)

// workload is a twin with a cluster, a stream and a streaming view of the stream.
type workload struct {
	*twinprocess.Twin
	runner *dataapi.Runner
}

// rates are the rates per second in one turn, by the name of the operation.
type rates map[string]float64

// twins returns a measurement that compares the twins of two builds, in turns: the rates
// of records put, of records refreshed and of queries. A row has the median of the ratios
// of the turns, and the range of the middle half of these ratios.
func twins(after, before string) func(context.Context, int) ([]row, error) {
	return func(ctx context.Context, runs int) (rows []row, err error) {
		if before == "" {
			return nil, errors.New("-before: is missing; write the path of an older tributary command, with which the twin is compared")
		}
		sides := make([]*workload, 2)
		for i, path := range []string{after, before} {
			if sides[i], err = newWorkload(ctx, path); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			defer func() { err = errors.Join(err, sides[i].Close()) }()
		}
		figures, ratios := map[string][]float64{}, map[string][]float64{}
		for i := range runs + 1 {
			var done [2]rates
			for _, side := range [][]int{{0, 1}, {1, 0}}[i%2] { // each side comes first in every second turn
				if done[side], err = sides[side].turn(ctx, uint64(i)); err != nil {
					return nil, err
				}
			}
			if i == 0 {
				continue // the first turn fills caches
			}
			for what, rate := range done[0] {
				figures[what] = append(figures[what], rate)
				ratios[what] = append(ratios[what], rate/done[1][what])
			}
		}
		for _, what := range []string{"records put", "records refreshed into a typed view", "queries answered"} {
			sorted := slices.Sorted(slices.Values(ratios[what]))
			rows = append(rows, row{
				name: what, figure: median(figures[what]), unit: "a second", ratio: median(ratios[what]), goal: 0.95, goalText: "≥0.95", least: true,
				against: fmt.Sprintf("the older build: %d turns, middle half of the ratios from %.3f to %.3f", len(sorted), sorted[len(sorted)/4], sorted[len(sorted)-1-len(sorted)/4]),
			})
		}
		return rows, nil
	}
}

// newWorkload starts a twin and creates the cluster, the stream and the view.
func newWorkload(ctx context.Context, tributary string) (*workload, error) {
	twin, err := twinprocess.Start(ctx, tributary)
	if err != nil {
		return nil, err
	}
	w := &workload{Twin: twin, runner: &dataapi.Runner{
		API:    redshiftdata.NewFromConfig(twin.AWS),
		Target: contract.Target{ClusterIdentifier: "bench", Database: "dev", DatabaseUser: "awsuser"}, Name: "bench",
		// The client checks every 0.5 ms whether a statement has ended, so that the wait
		// between two checks adds little to the measured time.
		Sleep: func(ctx context.Context, _ time.Duration) error { return dataapi.Sleep(ctx, 500*time.Microsecond) },
	}}
	if err := w.prepare(ctx); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

func (w *workload) prepare(ctx context.Context) error {
	const role = "arn:aws:iam::000000000000:role/bench"
	_, err := redshift.NewFromConfig(w.AWS).CreateCluster(ctx, &redshift.CreateClusterInput{
		ClusterIdentifier: aws.String("bench"), NodeType: aws.String("ra3.large"), DBName: aws.String("dev"),
		MasterUsername: aws.String("awsuser"), ManageMasterPassword: aws.Bool(true), IamRoles: []string{role},
	})
	if err == nil {
		_, err = kinesis.NewFromConfig(w.AWS).CreateStream(ctx, &kinesis.CreateStreamInput{
			StreamName: aws.String("bench"), StreamModeDetails: &types.StreamModeDetails{StreamMode: types.StreamModeOnDemand},
		})
	}
	if err == nil {
		err = w.sql(ctx, "CREATE EXTERNAL SCHEMA evdata FROM KINESIS IAM_ROLE '"+role+"'")
	}
	if err == nil {
		err = w.sql(ctx, `CREATE MATERIALIZED VIEW typed AUTO REFRESH NO AS SELECT approximate_arrival_timestamp, partition_key,
			json_extract_path_text(from_varbyte(kinesis_data, 'utf-8'), '_id')::VARCHAR(40) AS id,
			TRY_CAST(json_extract_path_text(from_varbyte(kinesis_data, 'utf-8'), 'kWhDelivered') AS DECIMAL(10,2)) AS kwh,
			json_extract_path_text(from_varbyte(kinesis_data, 'utf-8'), 'userID')::VARCHAR(40) AS userid
			FROM evdata."bench" WHERE can_json_parse(kinesis_data)`)
	}
	return err
}

// turn puts records, refreshes the view, runs queries, and returns the rates.
func (w *workload) turn(ctx context.Context, seed uint64) (rates, error) {
	put, err := w.put(ctx, seed)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := w.sql(ctx, "REFRESH MATERIALIZED VIEW typed"); err != nil {
		return nil, err
	}
	refreshed := putRecords / time.Since(began).Seconds()
	began = time.Now()
	for range queries {
		if err := w.sql(ctx, "SELECT id, kwh FROM typed LIMIT 10"); err != nil {
			return nil, err
		}
	}
	return rates{
		"records put": put, "records refreshed into a typed view": refreshed,
		"queries answered": queries / time.Since(began).Seconds(),
	}, nil
}

// put puts the lab's records into the stream with the producer of tributary generate, and
// returns the rate in records per second.
func (w *workload) put(ctx context.Context, seed uint64) (float64, error) {
	template, err := record.Parse(lab.RecordTemplate)
	if err != nil {
		return 0, err
	}
	endpoint := produce.Endpoint{URL: w.URL, Region: w.AWS.Region, Credentials: w.AWS.Credentials}
	producer, err := produce.New(produce.NewKinesis(endpoint, "bench"), record.NewGenerator(template, seed), produce.Options{Total: putRecords})
	if err != nil {
		return 0, err
	}
	began := time.Now()
	err = producer.Run(ctx)
	return putRecords / time.Since(began).Seconds(), err
}

// sql runs a statement and waits until it has ended.
func (w *workload) sql(ctx context.Context, sql string) error {
	_, err := w.runner.Run(ctx, dataapi.Statement{Name: "bench", SQL: sql}, 0)
	return err
}
