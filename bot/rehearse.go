package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"latchstring/adapters/places"
	"latchstring/core/watch"
)

// rehearseCommand shows what the watch would have raised on a history of sign-ins.
func rehearseCommand(_ context.Context, args []string, io streams) error {
	var stdio, unanswered bool
	var sensitivity, cities, asn string
	words, err := flags("rehearse", args, io, func(fs *flag.FlagSet) {
		fs.BoolVar(&stdio, "stdio", false, "answer events from standard input line by line, as JSON")
		fs.StringVar(&sensitivity, "sensitivity", "normal", "calm, normal, watchful, or the score from which on somebody is asked")
		fs.BoolVar(&unanswered, "unanswered", false, "as if nobody ever answered; otherwise every question is answered \"It was me\"")
		fs.StringVar(&cities, "city", "", "mmdb files of cities, with commas between them, to look addresses up in")
		fs.StringVar(&asn, "asn", "", "the mmdb file of carriers")
	})
	if err != nil {
		return err
	}
	threshold, err := thresholdOf(sensitivity)
	if err != nil {
		fmt.Fprintln(io.err, err)
		return errUsage
	}
	tuning := watch.Tuning{Threshold: threshold, LearnFor: watch.LearnFor}
	if stdio {
		if err := noWords("rehearse -stdio", words, io); err != nil {
			return err
		}
		return rehearseLines(tuning, io)
	}
	if len(words) != 1 {
		fmt.Fprintln(io.err, "latchstring rehearse needs the name of one file to read: latchstring rehearse FILE.csv")
		return errUsage
	}
	var files []string
	if cities != "" {
		files = strings.Split(cities, ",")
	}
	gazetteer := places.New(places.Config{City: files, ASN: asn}, "", time.Now)
	for _, missing := range gazetteer.Missing() {
		if cities != "" || asn != "" {
			fmt.Fprintln(io.err, missing)
		}
	}
	f, err := os.Open(words[0]) //nolint:gosec // the operator names the file
	if err != nil {
		return err
	}
	defer f.Close()
	history, err := readHistory(f, gazetteer)
	if err != nil {
		return fmt.Errorf("%s: %w", words[0], err)
	}
	return tellHistory(io.out, history, tuning, !unanswered)
}

// thresholdOf reads a sensitivity, by its name or as a number.
func thresholdOf(s string) (float64, error) {
	switch s {
	case "calm":
		return watch.Calm, nil
	case "normal":
		return watch.Normal, nil
	case "watchful":
		return watch.Watchful, nil
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil && n > 0 && n <= 100 {
		return n, nil
	}
	return 0, fmt.Errorf("the sensitivity %q is none of calm, normal and watchful, and no number above 0", s)
}
