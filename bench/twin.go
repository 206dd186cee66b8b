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

// What a turn of each side does.
const (
	putRecords = 100_000
	queries    = 200
)

// workload is a twin with a cluster, a stream and a view over it.
type workload struct {
	*twinprocess.Twin
	runner *dataapi.Runner
}

// rates are what a side did each second, by what it did.
type rates map[string]float64

// twins returns what compares the twin of this build with that of an older one:
// how many records it takes, refreshes and queries it answers. Each is compared turn
// by turn, as the ratio of the two; a row has the median ratio, and names the
// smallest and the largest of the middle half.
func twins(after, before string) func(context.Context, int) ([]row, error) {
	return func(ctx context.Context, runs int) (rows []row, err error) {
		if before == "" {
			return nil, errors.New("it compares two builds: name the older tributary command with -before")
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
			for _, side := range [][]int{{0, 1}, {1, 0}}[i%2] { // who comes first takes turns, too
				if done[side], err = sides[side].turn(ctx, uint64(i)); err != nil {
					return nil, err
				}
			}
			if i == 0 {
				continue // it warms both up
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
				against: fmt.Sprintf("before: %d pairs, the middle half from %.3f to %.3f", len(sorted), sorted[len(sorted)/4], sorted[len(sorted)-1-len(sorted)/4]),
			})
		}
		return rows, nil
	}
}

// newWorkload starts a twin and makes what turns work on.
func newWorkload(ctx context.Context, tributary string) (*workload, error) {
	twin, err := twinprocess.Start(ctx, tributary)
	if err != nil {
		return nil, err
	}
	w := &workload{Twin: twin, runner: &dataapi.Runner{
		API:    redshiftdata.NewFromConfig(twin.AWS),
		Target: contract.Target{ClusterIdentifier: "bench", Database: "dev", DatabaseUser: "awsuser"}, Name: "bench",
		// It asks every 0.5 ms whether a statement has ended, so that the twin's time is
		// measured and not the client's waiting.
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

// turn puts records, refreshes the view and asks it, and returns the rates.
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

// put puts the lab's records by the sender of tributary generate, signed.
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

// sql runs a statement and awaits its end.
func (w *workload) sql(ctx context.Context, sql string) error {
	_, err := w.runner.Run(ctx, dataapi.Statement{Name: "bench", SQL: sql}, 0)
	return err
}
