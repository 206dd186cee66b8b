package sqlengine

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Types of a refresh, as in the column refresh_type of SYS_MV_REFRESH_HISTORY.
const (
	manual    = "Manual"
	automatic = "Auto"
)

const (
	// readLimit is the maximum number of records in one read of a shard.
	readLimit = 10_000
	// maxBatch is the size in bytes of the records at which a batch is inserted.
	maxBatch = 32 << 20
	// maxRecord is the maximum size of a VARBYTE in bytes. A refresh skips larger
	// records.
	//
	// Source: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion.html
	maxRecord = 16 << 20
)

// Status texts of the refresh history.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_SVL_MV_REFRESH_STATUS.html
const (
	statusUpdated    = "Refresh successfully updated MV incrementally"
	statusNoData     = statusUpdated + ". Stream returned no new data"
	statusSkipped    = statusUpdated + ". Skipped some records returned by stream"
	statusSkippedAll = statusUpdated + ". Skipped all records returned by stream"
	statusFailed     = "Refresh failed. "
)

// refresh is one refresh of a view.
type refresh struct {
	*session
	view *view
	kind string // manual or automatic
	// start is the refresh_time of each row. After a record that arrived later than
	// start, the refresh doesn't read the shard again.
	start            time.Time
	rows             [][]any // records that have been read and not yet inserted
	bytes            int     // size of the data in rows
	scanned, skipped int64   // numbers of records
}

// refresh inserts the records that are in the stream now into a view, and adds a row to the
// history. A refresh that fails has a row in the history, too.
func (s *session) refresh(ctx context.Context, v *view, kind string) error {
	r := &refresh{session: s, view: v, kind: kind, start: s.db.engine.now().UTC()}
	err := pgx.BeginFunc(ctx, s.conn, func(tx pgx.Tx) error { return r.run(ctx, tx) })
	if err == nil {
		return nil
	}
	err = asError(err)
	if ctx.Err() == nil { // a cancelled refresh has no row in the history
		if _, logErr := s.conn.Exec(ctx, historyRow, r.history(statusFailed+err.Error())...); logErr != nil {
			s.db.engine.log.WarnContext(ctx, "add a failed refresh to the history", "view", v.table(), "error", logErr)
		}
	}
	return err
}

// run refreshes the view in a transaction.
func (r *refresh) run(ctx context.Context, tx pgx.Tx) error {
	// This lock excludes other refreshes of the view, but not queries.
	if _, err := tx.Exec(ctx, "LOCK TABLE "+r.view.table()+" IN SHARE UPDATE EXCLUSIVE MODE"); err != nil {
		return viewError(err)
	}
	if _, err := tx.Exec(ctx, allowChange); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, createIncoming); err != nil {
		return err
	}
	if err := r.mayRead(ctx, r.view.externalSchema, r.view.stream); err != nil {
		return err
	}
	shards, err := r.db.engine.streams.Shards(r.view.stream)
	if err != nil {
		return errorf(codeUndefined, "stream %q of external schema %q not found: %v", r.view.stream, r.view.externalSchema, err)
	}
	for _, shard := range shards {
		if err := r.shard(ctx, tx, shard); err != nil {
			return err
		}
	}
	if err := r.insert(ctx, tx); err != nil {
		return err
	}
	if r.kind == automatic && r.scanned == 0 {
		return nil
	}
	_, err = tx.Exec(ctx, historyRow, r.history(r.status())...)
	return err
}

// scan summarizes the records that a refresh has read from one shard.
type scan struct {
	shard            string
	last             string // the last sequence number
	scanned, skipped int64  // numbers of records
	size             int64  // of the records, in bytes
	oldest, newest   time.Time
}

// shard reads the records of a shard after its checkpoint, and updates the checkpoint.
func (r *refresh) shard(ctx context.Context, tx pgx.Tx, shard string) error {
	sc := scan{shard: shard}
	err := tx.QueryRow(ctx, "SELECT sequence_number FROM pg_streaming.checkpoint WHERE relation = $1 AND shard_id = $2", r.view.oid, shard).Scan(&sc.last)
	if err != nil && !noRows(err) {
		return err
	}
	for {
		records, err := r.db.engine.streams.Read(r.view.stream, shard, sc.last, readLimit)
		if err != nil {
			return fmt.Errorf("read shard %q of stream %q: %w", shard, r.view.stream, err)
		}
		for _, record := range records {
			if err := r.add(ctx, tx, &sc, record); err != nil {
				return err
			}
		}
		if len(records) < readLimit || sc.newest.After(r.start) {
			break
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if sc.scanned == 0 {
		return nil
	}
	r.scanned += sc.scanned
	r.skipped += sc.skipped
	return r.checkpoint(ctx, tx, sc)
}

// add adds a record to the batch. When the batch is full, it inserts the batch.
func (r *refresh) add(ctx context.Context, tx pgx.Tx, sc *scan, record Record) error {
	sc.last, sc.newest = record.SequenceNumber, record.Arrived
	if sc.scanned == 0 {
		sc.oldest = record.Arrived
	}
	sc.scanned++
	sc.size += int64(len(record.Data))
	arrived := record.Arrived.UTC()
	if len(record.Data) > maxRecord {
		sc.skipped++
		_, err := tx.Exec(ctx, `INSERT INTO pg_streaming.scan_error (external_schema_name, stream_name, mv_name, query_id, record_time,
			partition_id, stream_timestamp, position, error_code, error_reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			r.view.externalSchema, r.view.stream, r.view.name, r.queryID, r.db.engine.now().UTC(), sc.shard, arrived,
			record.SequenceNumber, 1, fmt.Sprintf("The record is larger than %d bytes.", maxRecord))
		return err
	}
	r.rows = append(r.rows, []any{arrived, record.PartitionKey, sc.shard, record.SequenceNumber, r.start, record.Data})
	r.bytes += len(record.Data)
	if r.bytes < maxBatch {
		return nil
	}
	return r.insert(ctx, tx)
}

// insert copies the batch into the table incoming, inserts the result of the view's SELECT
// into the view, and empties the batch and the table.
func (r *refresh) insert(ctx context.Context, tx pgx.Tx) error {
	if len(r.rows) == 0 {
		return nil
	}
	columns := []string{"approximate_arrival_timestamp", "partition_key", "shard_id", "sequence_number", "refresh_time", "kinesis_data"}
	if _, err := tx.CopyFrom(ctx, pgx.Identifier{"pg_temp", "incoming"}, columns, pgx.CopyFromRows(r.rows)); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "INSERT INTO "+r.view.table()+" "+r.view.query); err != nil {
		return err
	}
	r.rows, r.bytes = r.rows[:0], 0
	_, err := tx.Exec(ctx, "TRUNCATE "+incoming)
	return err
}

// checkpoint updates the checkpoint of a shard and stores the scan.
func (r *refresh) checkpoint(ctx context.Context, tx pgx.Tx, sc scan) error {
	_, err := tx.Exec(ctx, `INSERT INTO pg_streaming.checkpoint VALUES ($1, $2, $3)
		ON CONFLICT (relation, shard_id) DO UPDATE SET sequence_number = excluded.sequence_number`, r.view.oid, sc.shard, sc.last)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO pg_streaming.scan (external_schema_name, stream_name, mv_name, query_id, record_time, partition_id,
		latest_position, scanned_rows, skipped_rows, scanned_bytes, stream_record_time_min, stream_record_time_max)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		r.view.externalSchema, r.view.stream, r.view.name, r.queryID, r.db.engine.now().UTC(), sc.shard,
		sc.last, sc.scanned, sc.skipped, sc.size, sc.oldest.UTC(), sc.newest.UTC())
	return err
}

// historyRow is the statement that adds a row to the history. Its parameters are the values
// that history returns.
const historyRow = `INSERT INTO pg_streaming.refresh (user_id, schema_name, relation, mv_name, refresh_type, status, start_time, end_time)
	SELECT usesysid::integer, $1, $2, $3, $4, $5, $6, $7 FROM pg_user WHERE usename = session_user`

// history returns the values of the refresh's row in the history.
func (r *refresh) history(status string) []any {
	return []any{r.view.schema, r.view.oid, r.view.name, r.kind, status, r.start, r.db.engine.now().UTC()}
}

// status returns the status of a successful refresh for the history.
func (r *refresh) status() string {
	switch {
	case r.scanned == 0:
		return statusNoData
	case r.skipped == r.scanned:
		return statusSkippedAll
	case r.skipped > 0:
		return statusSkipped
	}
	return statusUpdated
}
