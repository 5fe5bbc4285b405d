package strictyaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"latchstring/core"
)

// Shelf is recipes that are part of the program, each a file NAME.yaml in a folder called recipes; the owner's own lie beside the
// config.
type Shelf struct{ Files fs.FS }

// Names returns the names of the recipes on the shelf, in the order of the alphabet.
func (s Shelf) Names() []string {
	files, _ := fs.Glob(s.Files, "recipes/*.yaml") // the pattern is good, and nothing else fails
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = strings.TrimSuffix(filepath.Base(f), ".yaml")
	}
	return names
}

// IsFile tells whether a recipe of the config is a file of the owner's.
func IsFile(name string) bool {
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

// Decode reads a recipe into a struct: one of the shelf by its name, or a file of the owner's, whose path begins at dir. The error
// tells every fault of it, or that there is no such recipe.
func (s Shelf) Decode(name, dir string, into any) error {
	if slices.Contains(s.Names(), name) {
		text, err := fs.ReadFile(s.Files, "recipes/"+name+".yaml")
		if err != nil {
			return err
		}
		return DecodeRecipe(name+".yaml", text, into)
	}
	if !IsFile(name) {
		return errors.New(s.Unknown(name))
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(dir, name)
	}
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("recipe: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return fmt.Errorf("recipe: %w", err)
	}
	return DecodeRecipe(name, text, into)
}

// DecodeRecipe is Decode of a text that is at hand.
func DecodeRecipe(file string, text []byte, into any) error {
	return Decode(file, bytes.TrimPrefix(text, []byte("\ufeff")), into).Err()
}

// Unknown tells that there is no such recipe, and what may have been meant.
func (s Shelf) Unknown(name string) string {
	text := "is not one of " + strings.Join(s.Names(), ", ") + ", nor a file that ends in .yaml"
	if near := core.Nearest(name, s.Names()); near != "" {
		text += fmt.Sprintf("; did you mean %q?", near)
	}
	return text
}
