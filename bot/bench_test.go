package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// built is the program as it is released: stripped.
func built(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "latchstring")
	build := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, ".")
	if out, err := build.CombinedOutput(); err != nil {
		b.Skipf("the program can not be built here: %v\n%s", err, out)
	}
	return path
}

// BenchmarkStart is a whole life of the program on an existing record: start, open, end of input, close. The floor is a
// life in which it only tells its version.
func BenchmarkStart(b *testing.B) {
	program := built(b)
	folder := b.TempDir()
	config := "household: { name: Home, timezone: UTC }\nmembers: [{ name: Marta, role: owner }]\n"
	if err := os.WriteFile(filepath.Join(folder, "config.yaml"), []byte(config), 0o600); err != nil {
		b.Fatal(err)
	}
	live := func(b *testing.B, args ...string) {
		b.Helper()
		cmd := exec.CommandContext(b.Context(), program, args...)
		cmd.Dir = folder
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
	}
	live(b, "run", "-terminal") // the first one makes the record
	b.Run("run", func(b *testing.B) {
		for b.Loop() {
			live(b, "run", "-terminal")
		}
	})
	b.Run("floor", func(b *testing.B) {
		for b.Loop() {
			live(b, "version")
		}
	})
}

// BenchmarkIdle tells how much memory the program holds while it waits, and how large it is. It is no speed.
func BenchmarkIdle(b *testing.B) {
	program := built(b)
	cmd := exec.CommandContext(b.Context(), program, "demo")
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	fmt.Fprintln(in, "devices all")
	if _, err := out.Read(make([]byte, 64)); err != nil {
		b.Fatal(err)
	}
	go func() { _, _ = out.Read(make([]byte, 1<<16)) }()
	time.Sleep(time.Second)
	resident := residentKB(b, cmd.Process.Pid)
	for b.Loop() {
		continue
	}
	b.ReportMetric(float64(resident)/1024, "MB-resident")
	if info, err := os.Stat(program); err == nil {
		b.ReportMetric(float64(info.Size())/(1<<20), "MB-binary")
	}
	if err := in.Close(); err != nil {
		b.Error(err)
	}
	_ = cmd.Wait()
}

// residentKB reads how much of a process is in memory.
func residentKB(b *testing.B, pid int) int {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Skipf("this system does not tell: %v", err)
	}
	for line := range strings.Lines(string(status)) {
		var kb int
		if _, err := fmt.Sscanf(line, "VmRSS: %d kB", &kb); err == nil {
			return kb
		}
	}
	b.Skip("this system does not tell")
	return 0
}
