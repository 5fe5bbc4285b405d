package strictyaml

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"

	"latchstring/core"
)

const (
	fileSuffix    = "_file" // x_file names the file that holds the secret x
	maxSecretFile = 64 << 10
)

// envName finds ${NAME}.
var envName = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// secret reads a secret that is written in the file itself.
func (a At) secret(to *core.Secret) {
	written, ok := a.word("a single value")
	if !ok {
		return
	}
	text, missing := a.d.expand(written)
	switch {
	case missing != "" && written == "${"+missing+"}":
		a.fault("the environment variable " + missing + " is not set")
		return
	case missing != "":
		// What looks like a variable may be a part of the secret, so it is not told.
		a.fault("an environment variable in it is not set; to write ${ itself, put the secret into a file")
		return
	case a.d.open && envName.ReplaceAllString(written, "") != "" && !isPlaceholder(text):
		a.fault(fmt.Sprintf("is written in a file that others on this machine can read; run: chmod 600 %s", a.d.file))
		return
	}
	a.keep(to, text)
}

// expand puts environment variables in their places; missing is the first one that is not set or empty.
func (d *decoder) expand(s string) (text, missing string) {
	text = envName.ReplaceAllStringFunc(s, func(found string) string {
		name := found[2 : len(found)-1]
		value, _ := d.env(name)
		if value == "" && missing == "" {
			missing = name
		}
		return value
	})
	return text, missing
}

// secretFile reads a secret from the file whose path stands here. The path is told only where such a file exists: somebody
// may have written the secret itself.
func (a At) secretFile(to *core.Secret) {
	path, ok := a.word("the path of a file")
	if !ok {
		return
	}
	if path == "" {
		a.fault("is empty")
		return
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(a.d.file), path)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		a.fault("there is no such file; a path begins at the folder of this file, or with /")
		return
	case err != nil:
		a.fault("can not be read: " + cause(err))
		return
	case !info.Mode().IsRegular():
		a.fault("is not a file")
		return
	case info.Mode().Perm()&0o077 != 0:
		a.fault("can be read by others on this machine; run: chmod 600 " + path)
		return
	}
	text, err := readSecret(path)
	switch {
	case err != nil:
		a.fault("can not be read: " + cause(err))
	case len(text) > maxSecretFile:
		a.fault("is larger than 64 kB; this can not be the right file")
	default:
		a.keep(to, strings.TrimRight(text, "\r\n"))
	}
}

// readSecret reads at most one byte more than a secret file may have.
func readSecret(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSecretFile+1))
	return string(text), err
}

// cause is what went wrong with a file, without its path.
func cause(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}

// keep takes a secret that looks like one.
func (a At) keep(to *core.Secret, text string) {
	switch {
	case text == "":
		a.fault("is empty")
	case strings.ContainsFunc(text, unicode.IsControl):
		a.fault("should be one line of text")
	case isPlaceholder(text):
		a.fault("is still a placeholder; put the real one here")
	default:
		*to = core.NewSecret(text)
	}
}

// isPlaceholder tells texts that examples and manuals put where a secret belongs: changeme, REPLACE_ME, <token>, ..., xxxx,
// your-api-key.
func isPlaceholder(text string) bool {
	if strings.HasPrefix(text, "<") && strings.HasSuffix(text, ">") {
		return true
	}
	word := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
	switch word {
	case "changeme", "changethis", "replaceme", "replacethis", "fillme", "fillmein", "todo", "tbd":
		return true
	}
	if strings.Trim(word, "x") == "" { // or no letter at all
		return true
	}
	thing, yours := strings.CutPrefix(word, "your")
	if !yours {
		return false
	}
	for _, end := range []string{"token", "key", "password", "secret"} {
		if strings.HasSuffix(thing, end) {
			return true
		}
	}
	return false
}
