package config

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"flag"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

var renewZones = flag.Bool("renew-zones", false, "write zones.bin.gz anew from the time zones of this Go")

// TestZones holds the program's own time zones against those of this Go. To renew them:
//
//	go test ./bot/config -run TestZones -renew-zones
func TestZones(t *testing.T) {
	archive, err := zip.OpenReader(filepath.Join(runtime.GOROOT(), "lib", "time", "zoneinfo.zip")) //nolint:staticcheck // tests run where Go is
	if err != nil {
		t.Skipf("this Go has no time zones of its own: %v", err)
	}
	defer archive.Close()
	zones := map[string][]byte{}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.FileInfo().IsDir() {
			continue
		}
		zones[f.Name] = data
		for _, part := range [][]byte{[]byte(f.Name), data} {
			if _, err := w.Write(append(binary.AppendUvarint(nil, uint64(len(part))), part...)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if *renewZones {
		if err := os.WriteFile("zones.bin.gz", packed.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if len(zones) < 500 {
		t.Fatalf("%d zones", len(zones))
	}
	for _, name := range []string{"Europe/Madrid", "America/New_York", "Asia/Kolkata", "UTC", "Pacific/Auckland"} {
		data, err := packedZone(name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		zone, err := time.LoadLocationFromTZData(name, data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want, err := time.LoadLocationFromTZData(name, zones[name])
		if err != nil {
			t.Fatal(err)
		}
		for month := range 24 { // another year's rules may be newer here; these two are settled
			at := time.Date(2024, time.Month(1+month), 15, 12, 0, 0, 0, time.UTC)
			if got := at.In(zone).Format(time.RFC3339); got != at.In(want).Format(time.RFC3339) {
				t.Errorf("%s: %s is %s", name, at, got)
			}
		}
	}
	for _, name := range []string{"", "Europe/Atlantis", "../Europe/Madrid", "Local"} {
		if _, err := packedZone(name); err == nil {
			t.Errorf("there is a zone %q", name)
		}
	}
}
