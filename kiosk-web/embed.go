// Package kioskweb holds what browsers are given: the documents of the six
// screens, and the scripts, styles, fonts and pictures that they use. It knows
// nothing of the box; httpapi serves it.
package kioskweb

import (
	"embed"
	"io/fs"
)

//go:embed all:static
var static embed.FS

// Files returns the files below static, which are part of the binary.
func Files() fs.FS {
	files, err := fs.Sub(static, "static")
	if err != nil {
		panic("kioskweb: " + err.Error()) // cannot happen: the name is valid
	}
	return files
}
