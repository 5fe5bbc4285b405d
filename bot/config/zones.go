package config

import (
	"compress/gzip"
	_ "embed" // zones.bin.gz is part of the program
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"time"
)

// packedZones is the IANA time zone database as Go ships it (public domain), for a NAS or a container that has none. The
// package time/tzdata has it too, in four times the room. In it, as gzip packs it, stand one after the other: a name and what
// the zone is, each behind its length as a uvarint. zones_test.go tells how to renew it.
//
//go:embed zones.bin.gz
var packedZones string

// location finds a time zone by its name: as this machine knows it, or else as the program does.
func location(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err == nil {
		return zone, nil
	}
	data, found := packedZone(name)
	if found != nil {
		return nil, err
	}
	return time.LoadLocationFromTZData(name, data)
}

// largestZone is in bytes; the largest has some thousand.
const largestZone = 1 << 16

var errNoZone = errors.New("no such time zone")

// packedZone returns what the program knows of a zone.
func packedZone(name string) ([]byte, error) {
	r, err := gzip.NewReader(strings.NewReader(packedZones))
	if err != nil {
		return nil, err
	}
	all, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	next := func() (part []byte) {
		n, width := binary.Uvarint(all)
		size := int(min(n, largestZone))
		if width <= 0 || size > len(all)-width {
			all = nil
			return nil
		}
		part, all = all[width:width+size], all[width+size:]
		return part
	}
	for len(all) > 0 {
		if at, data := string(next()), next(); at == name && data != nil {
			return data, nil
		}
	}
	return nil, errNoZone
}
