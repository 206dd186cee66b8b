// Package watch serves a page on loopback that shows one view as it fills:
// charts over time, how fresh it is, its latest rows, the records that were
// refused and why, and its refreshes. Everything comes through the Redshift Data
// API, so the page is the same before the local twin and before AWS.
//
// The page keeps a stream of server-sent events open while it is visible. For
// each, the server asks one cheap question again and again, what the newest rows
// are, and more only when they have changed. It asks one thing at a time, never
// for longer than it has rested, and less often while the warehouse can't answer.
//
// Whoever knows the page's address sees what its user may see, so the address
// holds a secret, another one each time. "tributary watch" prints it and, since
// everybody on a machine can read a process's arguments, gives the browser a file
// that leads there and that only its owner can read. The page names no other site,
// and sends none where it came from. What the browser keeps in its history leads
// nowhere once the command has ended.
//
// The charts are drawn by uPlot 1.6.32, whose files and MIT licence lie unchanged
// in assets. Source: https://github.com/leeoniya/uPlot
package watch
