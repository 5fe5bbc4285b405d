package chromium

import "syscall"

// endWithUs has the kernel end the browser when this program ends without doing so, however that happens; what it started ends
// with it. All of it is a group of its own.
func endWithUs() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
