package config

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
)

//go:embed demo.yaml
var demo string

// Demo returns the file of the demo branch.
func Demo() []byte { return []byte(demo) }

// Version names a file by its content: the first 16 hexadecimal digits of its
// SHA-256.
func Version(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// Parse reads a branch, with every default filled in. It returns either a
// branch or everything that is wrong with data, in the order of the file; name
// stands in the problems as the file.
func Parse(name string, data []byte) (*Branch, []Problem) {
	root, problems := parseYAML(data)
	if len(problems) > 0 {
		return nil, report(name, problems)
	}
	d := &decoder{places: map[string]place{}}
	b := defaults()
	d.decode(root, b)
	fill(b)
	check(b, d)
	if len(d.problems) > 0 {
		return nil, report(name, d.problems)
	}
	return b, nil
}
