package recipe

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"latchstring/adapters/httpcall"
	"latchstring/core"
)

// page is what was read of one answer. The hash of its body tells an unchanged answer, which is not read again.
type page struct {
	sum   uint64
	rows  []row
	next  string // what leads to the next page, where the body says it
	total int    // how many rows there are in all; -1: not told
}

// row is a device with one session, and whose it is by the service's word. Its texts are cleaned.
type row struct {
	device core.Device
	user   string
	login  string
}

// eachItem reads the rows of an answer; at says where the list stands, and nothing that the answer itself is it. Only a list
// is a list: whatever else stands there is an error.
func eachItem(answer gjson.Result, at path, read func(gjson.Result) error) error {
	if at.is() {
		answer = at.in(answer)
	}
	if !answer.IsArray() {
		return fmt.Errorf("%s where the list should be", kindOf(answer))
	}
	n := 0
	var err error
	answer.ForEach(func(_, item gjson.Result) bool {
		if n++; n > maxRows {
			err = fmt.Errorf("more than %d rows", maxRows)
		} else if err = read(item); err != nil {
			err = fmt.Errorf("row %d: %w", n, err)
		}
		return err == nil
	})
	return err
}

// readPage reads an answer to the list call.
func (r *recipe) readPage(body []byte, sum uint64, key core.Secret) (page, error) {
	if err := httpcall.CheckJSON(body); err != nil {
		return page{}, err
	}
	whole := gjson.ParseBytes(body)
	p := page{sum: sum, total: -1}
	err := eachItem(whole, r.List.Rows, func(item gjson.Result) error {
		row, err := r.readRow(item, key)
		p.rows = append(p.rows, row)
		return err
	})
	if err != nil {
		return page{}, err
	}
	if p.next, err = r.List.Paging.Next.idIn(whole); err != nil {
		return page{}, err
	}
	if total := r.List.Paging.Total; total.is() {
		n := total.in(whole)
		if n.Type != gjson.Number {
			return page{}, total.wrong(n, "a number")
		}
		p.total = int(n.Int())
	}
	return p, nil
}

// reader reads the values of one row and keeps the first error.
type reader struct {
	row gjson.Result
	err error
}

func read[T any](r *reader, from func(gjson.Result) (T, error)) T {
	v, err := from(r.row)
	if err != nil && r.err == nil {
		r.err = err
	}
	return v
}

func (r *recipe) readRow(item gjson.Result, key core.Secret) (row, error) {
	if !item.IsObject() {
		return row{}, fmt.Errorf("%s where an object should be", kindOf(item))
	}
	l := &r.List
	in := &reader{row: item}
	id := read(in, l.ID.idIn)
	if in.err == nil && id == "" {
		return row{}, fmt.Errorf("%s: no id", l.ID.text)
	}
	out := row{user: read(in, l.User.idIn), login: read(in, l.Login.textIn)}
	s := core.Session{
		Login: out.login, Since: read(in, l.timeOf(l.Since)), LastUsed: read(in, l.timeOf(l.LastUse)),
		Address: read(in, l.Address.addressIn), Playing: read(in, l.Playing.textIn),
	}
	var places []string
	for _, p := range l.Place {
		if place := read(in, p.textIn); place != "" {
			places = append(places, place)
		}
	}
	s.Place = strings.Join(places, ", ")
	d := core.Device{ID: core.DeviceID(id), Generation: read(in, l.Generation.idIn), Sessions: []core.Session{s}}
	d.Name, d.App = read(in, l.Name.textIn), read(in, l.App.textIn)
	d = d.Cleaned() // before it is named: a name of nothing that can be seen is none
	l.nameDevice(&d, core.Clean(read(in, l.System.textIn)), read(in, l.UserAgent.textIn))
	d.Own = read(in, l.Own.flagIn) || read(in, func(item gjson.Result) (bool, error) { return l.holdsKey(item, key) })
	for _, p := range r.NeverTouch {
		d.Own = read(in, p.chooses) || d.Own
	}
	out.device = d
	return out, in.err
}

// timeOf reads a time.
func (l *list) timeOf(p path) func(gjson.Result) (time.Time, error) {
	return func(item gjson.Result) (time.Time, error) { return l.Times.timeIn(p, item) }
}

// nameDevice completes the name: by the system ("Chrome on Windows"), else by the user agent, else by the app.
func (l *list) nameDevice(d *core.Device, system, agent string) {
	if d.Name != "" && system != "" && !strings.Contains(strings.ToLower(d.Name), strings.ToLower(system)) {
		d.Name += " on " + system
	}
	if d.Name == "" && agent != "" {
		var app string
		if d.Name, app = agentName(agent); d.App == "" {
			d.App = app
		}
	}
	if d.Name == "" {
		d.Name = d.App
	}
	if d.Name == "" {
		d.Name = nameless(d.ID)
	}
}

// holdsKey tells whether our own key stands in the row. What stands there is compared and forgotten.
func (l *list) holdsKey(item gjson.Result, key core.Secret) (bool, error) {
	if !l.OwnKey.is() || key.Empty() {
		return false, nil
	}
	v := l.OwnKey.in(item)
	if v.Type != gjson.Null && v.Type != gjson.String {
		return false, l.OwnKey.wrong(v, "a text")
	}
	return subtle.ConstantTimeCompare([]byte(v.Str), []byte(key.Reveal())) == 1, nil
}

// chooses tells whether the predicate is true of a row. A value that can not be compared is an error: what may not be
// touched must be known for sure.
func (p predicate) chooses(item gjson.Result) (bool, error) {
	v := p.At.in(item)
	texts := []gjson.Result{v}
	switch {
	case v.Type == gjson.Null:
		return false, nil
	case v.IsArray():
		texts = v.Array()
	}
	for _, t := range texts {
		if t.Type == gjson.JSON {
			return false, p.At.wrong(t, "a text")
		}
		if p.Is != "" && t.String() == p.Is || p.Has != "" && strings.Contains(t.String(), p.Has) {
			return true, nil
		}
	}
	return false, nil
}

// join makes devices of rows: rows with one id are sessions of one device.
func join(rows []row) []core.Device {
	devices := make([]core.Device, 0, len(rows))
	at := make(map[core.DeviceID]int, len(rows))
	for _, r := range rows {
		i, known := at[r.device.ID]
		if !known {
			at[r.device.ID] = len(devices)
			devices = append(devices, r.device)
			continue
		}
		d := &devices[i]
		d.Own = d.Own || r.device.Own
		if s := r.device.Sessions[0]; !slices.Contains(d.Sessions, s) {
			d.Sessions = append(slices.Clip(d.Sessions), s)
		}
		d.Generation = max(d.Generation, r.device.Generation)
	}
	return devices
}

// errRepeats tells that pages do not come to an end.
var errRepeats = errors.New("its pages repeat")
