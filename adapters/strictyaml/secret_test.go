package strictyaml_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"latchstring/adapters/strictyaml"
)

func TestSecrets(t *testing.T) {
	const unset = "an environment variable in it is not set; to write ${ itself, put the secret into a file"
	for _, test := range []struct{ text, want, secret string }{
		{"key: hunter2", "", "hunter2"},
		{"key: 12345", "", "12345"},
		{"key: 'a${b'", "", "a${b"},
		{"key: ${SHOP_KEY}", "", "from the environment"},
		{"key: ''", "3: key: is empty", ""},
		{"key:", "3: key: has no value; give it one, or remove the line", ""},
		{"key: ${SHOP_KEI}", "3: key: the environment variable SHOP_KEI is not set", ""},
		{"key: ${EMPTY}", "3: key: the environment variable EMPTY is not set", ""},
		{"key: a${hunter2}b", "3: key: " + unset, ""},
		{"key: [hunter2]", "3: key: should be a single value, but is a list", ""},
		{"key: \"a\\nb\"", "3: key: should be one line of text", ""},
		{"key: changeme", placeholder, ""},
		{"key: CHANGE-ME", placeholder, ""},
		{"key: <your token>", placeholder, ""},
		{"key: REPLACE_ME", placeholder, ""},
		{"key: ...", placeholder, ""},
		{"key: xxxxxxxx", placeholder, ""},
		{"key: YOUR_API_KEY", placeholder, ""},
		{"key: yourself", "", "yourself"},
		{"key: &hunter2", "3: key: a value that begins with & needs quotes (anchors are not taken here)", ""},
		{"key: !hunter2", "3: key: a value that begins with ! needs quotes (tags are not taken here)", ""},
		{"till: {code:hunter2}", "3: till: a name without a value; within { } a colon needs a space after it, and a value with a comma needs quotes", ""},
		{"till: {code: abc,hunter2}", "3: till: a name without a value; within { } a colon needs a space after it, and a value with a comma needs quotes", ""},
		{"key: hunter2\nkey: hunter3", "4: key: stands here a second time; the first is in line 3", "hunter2"},
		{"key_file: hunter2\nkey: hunter3", "3: key_file: is the same as key, in line 4; keep one of them", "hunter3"},
	} {
		t.Run(test.text, func(t *testing.T) {
			var got shop
			faults := strictyaml.Decode("shop.yaml", []byte(open+test.text+"\n"), &got, strictyaml.Env(env))
			said := strings.ReplaceAll(faults.Error(), "shop.yaml:", "")
			if strings.Contains(said, "code: is missing") { // the setting itself is lost in the two tests of { }
				said = strings.Split(said, "\n")[0]
			}
			if diff := cmp.Diff(test.want, said); diff != "" {
				t.Error(diff)
			}
			if got.Key.Reveal() != test.secret {
				t.Errorf("key %q, want %q", got.Key.Reveal(), test.secret)
			}
			if strings.Contains(said, "hunter") {
				t.Error("tells the secret")
			}
		})
	}
}

const placeholder = "3: key: is still a placeholder; put the real one here"

func TestSecretFiles(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "shop.yaml")
	for name, text := range map[string]string{
		"good": "hunter2\n", "windows": "hunter2\r\n", "empty": "\n", "large": strings.Repeat("x", 64<<10+1),
		"lines": "a\nb\n", "placeholder": "changeme\n", "variable": "${SHOP_KEY}\n", "open": "hunter2\n", "group": "hunter2\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, mode := range map[string]os.FileMode{"open": 0o604, "group": 0o640} {
		if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ path, want, secret string }{
		{"good", "", "hunter2"},
		{filepath.Join(dir, "good"), "", "hunter2"},
		{"windows", "", "hunter2"},
		{"variable", "", "${SHOP_KEY}"},
		{"empty", "is empty", ""},
		{"''", "is empty", ""},
		{"large", "is larger than 64 kB; this can not be the right file", ""},
		{"lines", "should be one line of text", ""},
		{"placeholder", "is still a placeholder; put the real one here", ""},
		{"hunter3", "there is no such file; a path begins at the folder of this file, or with /", ""},
		{"good/hunter3", "can not be read: not a directory", ""},
		{"folder", "is not a file", ""},
		{"[good]", "should be the path of a file, but is a list", ""},
		{"open", "can be read by others on this machine; run: chmod 600 " + filepath.Join(dir, "open"), ""},
		{"group", "can be read by others on this machine; run: chmod 600 " + filepath.Join(dir, "group"), ""},
	} {
		t.Run(filepath.Base(test.path), func(t *testing.T) {
			var got shop
			faults := strictyaml.Decode(config, []byte(open+"key_file: "+test.path+"\n"), &got, strictyaml.Env(env))
			var want strictyaml.Faults
			if test.want != "" {
				want = strictyaml.Faults{{File: config, Line: 3, Key: "key_file", Text: test.want}}
			}
			if diff := cmp.Diff(want, faults); diff != "" {
				t.Error(diff)
			}
			if got.Key.Reveal() != test.secret {
				t.Errorf("key %q, want %q", got.Key.Reveal(), test.secret)
			}
		})
	}
}

func TestSecretInAnOpenFile(t *testing.T) {
	const text = open + "key: hunter2\ntill: {code: '${SHOP_KEY}'}\n"
	faults := strictyaml.Decode("shop.yaml", []byte(text), &shop{}, strictyaml.Env(env), strictyaml.Mode(0o644))
	want := "shop.yaml:3: key: is written in a file that others on this machine can read; run: chmod 600 shop.yaml"
	if faults.Error() != want {
		t.Errorf("got %s, want %s", faults, want)
	}
	faults = strictyaml.Decode("shop.yaml", []byte(open+"key: changeme\n"), &shop{}, strictyaml.Mode(0o644))
	if want := "shop.yaml:3: key: is still a placeholder; put the real one here"; faults.Error() != want {
		t.Errorf("got %s, want %s", faults, want)
	}
	if faults := strictyaml.Decode("shop.yaml", []byte(text), &shop{}, strictyaml.Env(env), strictyaml.Mode(0o600)); faults.Err() != nil {
		t.Error(faults)
	}
}
