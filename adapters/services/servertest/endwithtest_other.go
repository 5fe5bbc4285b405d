//go:build !linux

package servertest

import "syscall"

// endWithTest does nothing here: a server whose test was killed runs on until it is ended by hand.
func endWithTest() *syscall.SysProcAttr { return nil }

func killWorkers(int) {}
