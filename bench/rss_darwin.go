package main

// maxrssPerMB is how many of the kernel's units of peak memory are a megabyte:
// macOS counts bytes.
const maxrssPerMB = 1 << 20
