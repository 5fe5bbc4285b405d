package servertest

import "syscall"

// endWithTest has the kernel end a server whose test was killed or panicked and could not clean up. The server and its workers
// are a group of their own.
func endWithTest() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}

// killWorkers ends what is left of a server's group.
func killWorkers(server int) { _ = syscall.Kill(-server, syscall.SIGKILL) }
