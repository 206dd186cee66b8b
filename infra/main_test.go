package main

import (
	"testing"

	"github.com/tributary-cdk/tributary/internal/synthtest"
)

func TestMain(m *testing.M) { synthtest.Main(m) }
