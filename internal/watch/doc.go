// Package watch serves a web page on the loopback interface that shows one view while
// rows arrive in it: charts over time, when the newest row arrived, the latest rows, the
// rejected records with the reasons, and the refreshes. All data comes through the
// Redshift Data API, so the page works the same with the local twin and with AWS.
//
// The page keeps a connection for server-sent events open while it is visible. For each
// connection, the server repeats one cheap query, which shows whether rows have arrived,
// and runs the other queries only if they have. It runs one query at a time. After each
// round of queries it rests for twice as long as the round took or longer. While the
// warehouse returns errors, the rests become longer.
//
// Everybody who knows the page's URL can see the data that the user may read, so the URL
// contains a random secret, which is new each time. "tributary watch" prints the URL.
// Everybody on a machine can read the arguments of a process, so the browser is started
// with the path of a file that redirects to the URL, and that only its owner can read.
// The page loads nothing from other sites, and sends no Referer header. The URL in the
// browser's history is useless once the command has ended.
//
// The charts are drawn by uPlot 1.6.32, whose unchanged files and MIT licence are in
// assets. Source: https://github.com/leeoniya/uPlot
package watch
