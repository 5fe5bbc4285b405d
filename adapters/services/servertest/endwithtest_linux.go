package servertest

import "syscall"

// endWithTest has the kernel end a server whose test was killed or panicked and could not clean up.
func endWithTest() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
