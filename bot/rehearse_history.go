package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"latchstring/adapters/places"
	"latchstring/core"
)

// maxHistory bounds how many sign-ins a history has.
const maxHistory = 1_000_000

// past is a sign-in of a history and whose it is.
type past struct {
	household string
	signIn    core.SignIn
}

// readHistory reads a table of sign-ins whose first line names its columns, and puts them in the order of their times. Of
// the columns only time and account must be there; unknown ones are passed over. What a row does not tell of the place
// is looked up in the gazetteer.
func readHistory(r io.Reader, gazetteer core.Gazetteer) ([]past, error) {
	table := csv.NewReader(r)
	table.ReuseRecord = true
	header, err := table.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("line 1: it is empty; the first line names the columns, such as time,account,ip,user_agent")
	}
	if err != nil {
		return nil, err
	}
	columns := map[string]int{}
	for i, name := range header {
		columns[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))] = i
	}
	for _, name := range []string{"time", "account"} {
		if _, ok := columns[name]; !ok {
			return nil, fmt.Errorf("line 1: there is no column %q", name)
		}
	}
	var history []past
	for {
		row, err := table.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err // it names the line
		}
		line, _ := table.FieldPos(0)
		if len(history) == maxHistory {
			return nil, fmt.Errorf("line %d: more than %d sign-ins", line, maxHistory)
		}
		get := func(column string) string {
			if i, ok := columns[column]; ok {
				return strings.Clone(row[i])
			}
			return ""
		}
		s, err := signInOf(get, gazetteer)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		if s.Key == "" {
			s.Key = strconv.Itoa(line)
		}
		history = append(history, past{get("household"), s})
	}
	slices.SortStableFunc(history, func(a, b past) int { return a.signIn.At.Compare(b.signIn.At) })
	return history, nil
}

// signInOf reads a sign-in from the columns of a history or a replay; without a gazetteer only what they tell is known of
// its place.
func signInOf(get func(column string) string, gazetteer core.Gazetteer) (core.SignIn, error) {
	s := core.SignIn{
		Key:     get("event_id"),
		Service: core.ServiceID(core.Clean(get("service"))),
		Account: core.Account{Login: core.Clean(get("account"))},
		Device:  core.DeviceRef{ID: core.DeviceID(get("device_id"))},
		Name:    core.Clean(get("device_name")),
		Type:    core.Clean(get("device_type")),
		Agent:   get("user_agent"),
		Place:   core.Clean(get("location_text")),
	}
	if s.Account.Login == "" {
		return s, errors.New("account: it is empty")
	}
	var err error
	if s.At, err = time.Parse(time.RFC3339, get("time")); err != nil {
		return s, fmt.Errorf("time: %q is not of the form 2026-11-25T20:14:00Z", core.Clean(get("time")))
	}
	switch outcome := get("outcome"); outcome {
	case "", "success":
	case "failure":
		s.Failed = true
	default:
		return s, fmt.Errorf("outcome: %q is neither success nor failure", core.Clean(outcome))
	}
	if ip := get("ip"); ip != "" {
		if s.Address, err = netip.ParseAddr(ip); err != nil {
			return s, fmt.Errorf("ip: %q is no address", core.Clean(ip))
		}
	}
	if err := place(&s, get); err != nil {
		return s, err
	}
	lookUp(&s, gazetteer)
	return s, nil
}

// place reads the columns of a place and of a network.
func place(s *core.SignIn, get func(string) string) error {
	s.Where = core.Place{Country: core.Clean(get("country")), Region: core.Clean(get("region")), City: core.Clean(get("city"))}
	if lat, lon := get("lat"), get("lon"); lat != "" && lon != "" {
		var err, also error
		s.Where.Lat, err = strconv.ParseFloat(lat, 64)
		s.Where.Lon, also = strconv.ParseFloat(lon, 64)
		if err != nil || also != nil || !(math.Abs(s.Where.Lat) <= 90 && math.Abs(s.Where.Lon) <= 180) {
			return fmt.Errorf("lat, lon: %q, %q are no place on the globe", core.Clean(lat), core.Clean(lon))
		}
		s.Where.Located = true
	}
	s.Via.Carrier = core.Clean(get("as_org"))
	if asn := get("asn"); asn != "" {
		n, err := strconv.ParseUint(asn, 10, 32)
		if err != nil {
			return fmt.Errorf("asn: %q is no number of a network", core.Clean(asn))
		}
		s.Via.ASN = uint32(n)
	}
	s.Via.Kind = places.Kind(s.Via.ASN, s.Via.Carrier)
	return nil
}

// lookUp asks the gazetteer for what the columns do not tell.
func lookUp(s *core.SignIn, gazetteer core.Gazetteer) {
	if gazetteer == nil {
		return
	}
	if s.Address.IsValid() {
		where, via := gazetteer.Locate(s.Address)
		if !s.Where.Known() {
			s.Where = where
		}
		if s.Via.ASN == 0 && s.Via.Carrier == "" {
			s.Via = via
		}
	} else if !s.Where.Known() && s.Place != "" {
		s.Where = gazetteer.Find(s.Place, nil)
	}
}
