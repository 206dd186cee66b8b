package main

import (
	"os"
	"testing"

	"github.com/aws/jsii-runtime-go"
)

func TestMain(m *testing.M) {
	code := m.Run()
	quietly(jsii.Close)
	os.Exit(code)
}
