package main

import (
	"context"
	"fmt"
	"html/template"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// openPage lets the user's browser open an address, and returns what to say of
// it. In the end, remove takes away what the browser was given.
func openPage(ctx context.Context, url string) (said string, remove func() error) {
	file, remove, err := makeDoor(url, doorPlaces())
	if err != nil {
		return fmt.Sprintf("no file for the browser could be made (%v); open the address above", err), func() error { return nil }
	}
	opener := "xdg-open"
	if runtime.GOOS == "darwin" {
		opener = "open"
	}
	browser := exec.CommandContext(context.WithoutCancel(ctx), opener, file) //nolint:gosec // the file is this program's own
	if browser.Start() != nil {
		return "there is no browser to open here; open the address above", remove
	}
	go func() { _ = browser.Wait() }() // it ends once it has passed the file on
	return "your browser gets there by the file " + file + "; if it can't read that, open the address above", remove
}

// door is what a browser is given to open in the place of the page's address,
// whose secret everybody on this machine could read in the browser's arguments.
// The secret is in the file, which nobody but its owner can read.
var door = template.Must(template.New("door").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<title>Tributary</title>
<script>location.replace({{.}})</script>
<noscript><a href="{{.}}">Open the page</a></noscript>
`))

// makeDoor writes a file that leads to an address, in a directory of its own
// below one of places that takes it. It returns the file, and what removes both.
func makeDoor(url string, places []string) (file string, remove func() error, err error) {
	var dir string
	for _, place := range places {
		if dir, err = os.MkdirTemp(place, "tributary-watch-"); err == nil {
			break
		}
	}
	if err != nil {
		return "", nil, err
	}
	remove = func() error { return os.RemoveAll(dir) }
	file = filepath.Join(dir, "open.html")
	out, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		_ = remove() // the error that is told is the first one
		return "", nil, err
	}
	err = door.Execute(out, url)
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = remove()
		return "", nil, err
	}
	return file, remove, nil
}

// doorPlaces returns where a browser can read a file, the best place first. On
// Linux a browser from a snap reads neither /tmp nor hidden directories, but the
// home directory.
//
// Source: https://snapcraft.io/docs/home-interface
func doorPlaces() []string {
	temporary := os.TempDir()
	home, err := os.UserHomeDir()
	if runtime.GOOS != "linux" || err != nil {
		return []string{temporary}
	}
	return []string{home, temporary}
}
