package sqlengine

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// How a refresh was asked for, as the history names it.
const (
	manual    = "Manual"
	automatic = "Auto"
)

const (
	// readLimit is how many records are asked of a shard at once.
	readLimit = 10_000
	// maxBatch bounds the bytes of the records that are in memory at once, but
	// for the last read.
	maxBatch = 32 << 20
	// maxRecord is VARBYTE's size: a larger record is skipped.
	//
	// Source: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion.html
	maxRecord = 16 << 20
)

// Status texts of the refresh history.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_SVL_MV_REFRESH_STATUS.html
const (
	statusUpdated = "Refresh successfully updated MV incrementally"
	statusNoData  = statusUpdated + ". Stream returned no new data"
	statusSkipped = statusUpdated + ". Skipped some records returned by stream"
	statusAllSkip = statusUpdated + ". Skipped all records returned by stream"
	statusFailed  = "Refresh failed. "
)

// refresh is one run of a view's refresh.
type refresh struct {
	*session
	view *view
	kind string
	// start is the refresh_time of every row, and where the refresh ends: it
	// reads no batch after a record that arrived later.
	start            time.Time
	rows             [][]any // read and not yet inserted
	bytes            int     // in rows
	scanned, skipped int64
}

// refresh brings a view to parity with its stream as of now, and writes the
// run, a failed one too, into the history.
func (s *session) refresh(ctx context.Context, v *view, kind string) error {
	r := &refresh{session: s, view: v, kind: kind, start: s.db.engine.now().UTC()}
	err := pgx.BeginFunc(ctx, s.conn, func(tx pgx.Tx) error { return r.run(ctx, tx) })
	if err == nil {
		return nil
	}
	err = asError(err)
	if ctx.Err() == nil { // a cancelled refresh has neither failed nor anybody to tell
		if _, logErr := s.conn.Exec(ctx, historyRow, r.history(statusFailed+err.Error())...); logErr != nil {
			s.db.engine.log.WarnContext(ctx, "refresh history", "view", v.table(), "error", logErr)
		}
	}
	return err
}

// run is the refresh's transaction.
func (r *refresh) run(ctx context.Context, tx pgx.Tx) error {
	// One refresh of a view at a time; readers go on.
	if _, err := tx.Exec(ctx, "LOCK TABLE "+r.view.table()+" IN SHARE UPDATE EXCLUSIVE MODE"); err != nil {
		return sayView(err)
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

// scan sums up what was read of one shard.
type scan struct {
	shard, last            string
	scanned, skipped, size int64
	oldest, newest         time.Time
}

// shard reads a shard from its checkpoint on, and moves that.
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

// add takes a record into the present batch, which is inserted when full.
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

// insert puts the batch into the view, through the view's own SELECT.
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

// checkpoint moves a shard's checkpoint and logs what was scanned.
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

// historyRow inserts what history returns.
const historyRow = `INSERT INTO pg_streaming.refresh (user_id, schema_name, relation, mv_name, refresh_type, status, start_time, end_time)
	SELECT usesysid::integer, $1, $2, $3, $4, $5, $6, $7 FROM pg_user WHERE usename = session_user`

// history returns the refresh's row in the history.
func (r *refresh) history(status string) []any {
	return []any{r.view.schema, r.view.oid, r.view.name, r.kind, status, r.start, r.db.engine.now().UTC()}
}

// status says how the refresh went. Only a failed conversion fails a refresh;
// a record that is too large is skipped.
func (r *refresh) status() string {
	switch {
	case r.scanned == 0:
		return statusNoData
	case r.skipped == r.scanned:
		return statusAllSkip
	case r.skipped > 0:
		return statusSkipped
	}
	return statusUpdated
}
