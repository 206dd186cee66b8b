package sqlengine_test

import "testing"

// BenchmarkRefresh measures the first refresh of each of the lab's views.
func BenchmarkRefresh(b *testing.B) {
	const records = 200_000
	data := evRecords(records)
	views := map[string]string{"raw": rawView, "typed": typedView()}
	for name, create := range views {
		b.Run(name, func(b *testing.B) {
			d := open(b)
			d.put(data...)
			view := "ev_station_data"
			if name == "typed" {
				view = "ev_station_data_extract"
			}
			for b.Loop() {
				b.StopTimer()
				d.exec("DROP MATERIALIZED VIEW IF EXISTS " + view)
				d.exec(create)
				b.StartTimer()
				d.exec("REFRESH MATERIALIZED VIEW " + view)
			}
			b.ReportMetric(float64(b.N)*records/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
