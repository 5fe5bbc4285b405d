package storage

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// keySize is the size of the audit's key in bytes; in the key file it stands in hex.
const keySize = 32

// keyPath is the key file of a database. That it is there says too that there was a database: it gets this name only when
// the first one is complete, and the name with ".new" before.
func keyPath(path string) string { return path + ".key" }

// readKey reads a key file. The error is a [Refusal], or [fs.ErrNotExist] where there is none.
func readKey(name string) ([]byte, error) {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fs.ErrNotExist
	}
	if err != nil {
		return nil, unusable(name, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, unusable(name, err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, &Refusal{
			Text: fmt.Sprintf("The key file %s can be read by others (its mode is %04o).", name, info.Mode().Perm()),
			Hint: fmt.Sprintf("Take that right away: chmod 600 %s", name),
		}
	}
	text, err := io.ReadAll(io.LimitReader(f, 4*keySize))
	if err != nil {
		return nil, unusable(name, err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != keySize {
		return nil, &Refusal{
			Text: fmt.Sprintf("The key file %s does not hold a key.", name),
			Hint: "Put it back from the backup that the database is from.",
		}
	}
	return key, nil
}

// keep is the key of a database while it is opened. Provisional is set where the first start has not come to its end.
type keep struct {
	path        string // of the database
	key         []byte
	provisional bool
}

// findKey reads the key of a database, or makes one where there never was a database.
func findKey(path string, random io.Reader) (keep, error) {
	key, err := readKey(keyPath(path))
	if !errors.Is(err, fs.ErrNotExist) {
		return keep{path: path, key: key}, err
	}
	// A first start that was cut off left a key to go on with, or one that was not written to its end and not used.
	if key, err := readKey(keyPath(path) + ".new"); err == nil {
		return keep{path: path, key: key, provisional: true}, nil
	}
	if info, err := os.Stat(path); err == nil && info.Size() > 0 {
		return keep{}, unkeyed(keyPath(path))
	}
	key = make([]byte, keySize)
	if _, err := io.ReadFull(random, key); err != nil {
		return keep{}, fmt.Errorf("random source: %w", err)
	}
	if err := writeFile(keyPath(path)+".new", []byte(hex.EncodeToString(key)+"\n")); err != nil {
		return keep{}, unusable(keyPath(path)+".new", err)
	}
	return keep{path: path, key: key, provisional: true}, nil
}

// settle gives the key file its name for good: from now on there was a database.
func (k *keep) settle() error {
	if !k.provisional {
		return nil
	}
	name := keyPath(k.path)
	if err := errors.Join(os.Rename(name+".new", name), syncFolder(name)); err != nil {
		return unusable(name, err)
	}
	k.provisional = false
	return nil
}

// writeFile writes a file for this user alone, in the place of one that is there, and waits until it is on disk.
func writeFile(name string, content []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Chmod(0o600), f.Sync(), f.Close(), syncFolder(name))
}

// syncFile waits until a file and its name are on disk.
func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close(), syncFolder(name))
}

// syncFolder waits until the names in a file's folder are on disk.
func syncFolder(name string) error {
	d, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
