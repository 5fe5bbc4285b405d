// Package coretest is a household in memory, and the suites that every real port must pass. Only tests import it.
package coretest
