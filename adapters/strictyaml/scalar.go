package strictyaml

import (
	"encoding"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

// word returns the text of a single value, as it is written.
func (a At) word(should string) (string, bool) {
	if a.node.Kind != yaml.ScalarNode {
		a.fault("should be " + should + ", but is " + kindOf(a.node))
		return "", false
	}
	return a.node.Value, true
}

// text reads a value that makes itself from a text. Without should, its own errors are shown.
func (a At) text(to encoding.TextUnmarshaler, should string) {
	s, ok := a.word("a single value")
	if !ok {
		return
	}
	switch err := to.UnmarshalText([]byte(s)); {
	case should != "" && (err != nil || s == ""):
		a.fault("should be " + should)
	case err != nil:
		a.fault(err.Error())
	}
}

func (a At) duration(to *time.Duration) {
	const should = "a time with its unit, such as 60s, 5m or 2h"
	s, ok := a.word(should)
	if !ok {
		return
	}
	d, err := time.ParseDuration(s)
	if _, notBare := strconv.ParseFloat(s, 64); err != nil || notBare == nil {
		a.fault("should be " + should)
		return
	}
	*to = d
}

// scalar reads a text, a switch or a number.
func (a At) scalar(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if s, ok := a.word("a single value"); ok {
			v.SetString(s)
		}
	case reflect.Bool:
		a.bare("true or false", func(s string) error {
			if s != "true" && s != "false" {
				return strconv.ErrSyntax
			}
			v.SetBool(s == "true")
			return nil
		})
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		a.bare("a whole number", func(s string) error {
			n, err := strconv.ParseInt(s, 10, v.Type().Bits())
			v.SetInt(n)
			return err
		})
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		a.bare("a whole number, 0 or more", func(s string) error {
			n, err := strconv.ParseUint(s, 10, v.Type().Bits())
			v.SetUint(n)
			return err
		})
	case reflect.Float32, reflect.Float64:
		a.bare("a number", func(s string) error {
			x, err := strconv.ParseFloat(s, v.Type().Bits())
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return strconv.ErrRange
			}
			v.SetFloat(x)
			return err
		})
	default:
		panic(fmt.Sprintf("strictyaml: %s: a field of type %s can not be read", a.key, v.Type()))
	}
}

// bare reads a single value without quotes.
func (a At) bare(should string, read func(string) error) {
	s, ok := a.word(should)
	if !ok {
		return
	}
	if a.node.Style != 0 {
		a.fault("should be " + should + ", without quotes")
		return
	}
	switch err := read(s); {
	case errors.Is(err, strconv.ErrRange):
		a.fault("should be " + should + ", and not as large as this")
	case err != nil:
		a.fault("should be " + should)
	}
}
