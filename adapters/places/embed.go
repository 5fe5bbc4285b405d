package places

import (
	"compress/gzip"
	_ "embed" // countries.bin.gz is part of the program
	"io"
	"strings"
)

// packed is the table of countries, made of DB-IP's IP to Country Lite, as gzip packs it. Its licence is in
// dbip-license.txt; who renews it finds how in table_write_test.go, and packs it once more with zopfli, which makes it 17 kB smaller.
//
//go:embed countries.bin.gz
var packed string

// ownTable unpacks the table that is part of the program: some 770 kB, in a few milliseconds. Nobody needs it who has files.
func ownTable() table {
	r, err := gzip.NewReader(strings.NewReader(packed))
	if err != nil {
		return table{} // a test reads it
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return table{}
	}
	t, err := readTable(string(text))
	if err != nil {
		return table{}
	}
	return t
}

// dbip is what DB-IP's licence asks to be shown where its data is used.
const dbip = "IP Geolocation by DB-IP (https://db-ip.com), CC BY 4.0"
