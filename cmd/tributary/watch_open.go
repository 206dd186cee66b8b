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

// openPage opens an address in the user's browser, and returns a message for the user. The
// caller calls remove at the end, which removes the file that the browser was given.
func openPage(ctx context.Context, url string) (message string, remove func() error) {
	file, remove, err := writeRedirect(url, redirectDirs())
	if err != nil {
		return fmt.Sprintf("can't create a file for the browser (%v); open the address above", err), func() error { return nil }
	}
	opener := "xdg-open"
	if runtime.GOOS == "darwin" {
		opener = "open"
	}
	browser := exec.CommandContext(context.WithoutCancel(ctx), opener, file) //nolint:gosec // the file is this program's own
	if browser.Start() != nil {
		return "can't start a browser; open the address above", remove
	}
	go func() { _ = browser.Wait() }() // the opener ends when it has passed the file to the browser
	return "the file " + file + " redirects your browser to the page; if the browser can't read it, open the address above", remove
}

// redirect is the HTML file that the browser opens. It redirects to the page. The address
// of the page contains a secret. Every user of this machine can read the arguments of the
// browser's process, but only the owner can read the file.
var redirect = template.Must(template.New("redirect").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<title>Tributary</title>
<script>location.replace({{.}})</script>
<noscript><a href="{{.}}">Open the page</a></noscript>
`))

// writeRedirect writes a file that redirects to url. The file is in a new directory in the
// first of parents in which a directory can be created. remove removes both.
func writeRedirect(url string, parents []string) (file string, remove func() error, err error) {
	var dir string
	for _, parent := range parents {
		if dir, err = os.MkdirTemp(parent, "tributary-watch-"); err == nil {
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
		_ = remove() // the error of OpenFile is returned instead
		return "", nil, err
	}
	err = redirect.Execute(out, url)
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = remove()
		return "", nil, err
	}
	return file, remove, nil
}

// redirectDirs returns directories in which a browser can read a file, the best first. On
// Linux, a browser that is installed as a snap can read files in the home directory, but
// not in /tmp or in hidden directories.
//
// Source: https://snapcraft.io/docs/home-interface
func redirectDirs() []string {
	temporary := os.TempDir()
	home, err := os.UserHomeDir()
	if runtime.GOOS != "linux" || err != nil {
		return []string{temporary}
	}
	return []string{home, temporary}
}
