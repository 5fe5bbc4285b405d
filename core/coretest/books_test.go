package coretest_test

import (
	"testing"

	"latchstring/core/coretest"
)

func TestBooksInMemory(t *testing.T) {
	coretest.BookSuite(t, func(*testing.T) coretest.AllBooks { return &coretest.Books{} })
}
