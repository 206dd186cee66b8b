package main

import "testing"

func TestHardcodedRendersTheGeneratorsRecords(t *testing.T) {
	t.Parallel()
	h, err := newHardcoded(1)
	if err == nil {
		err = h.check()
	}
	if err != nil {
		t.Error(err)
	}
}
