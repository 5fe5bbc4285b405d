//go:build !linux

package chromium

import "syscall"

// endWithUs makes the browser and what it starts a group of its own. Here it stays if this program is killed; the next run finds
// its profile in use and says so.
func endWithUs() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
