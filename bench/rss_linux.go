package main

// maxrssPerMB is how many of the kernel's units of peak memory are a megabyte:
// Linux counts kilobytes.
const maxrssPerMB = 1 << 10
