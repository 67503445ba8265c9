package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io/fs"
	"path"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
)

// How long a browser may use a file without asking: ours change with the box,
// what others made changes its name or waits a week.
const (
	cacheOwn    = "no-cache"
	cacheVendor = "public, max-age=604800"
)

// document is the kind of file that has a route of its own.
const document = ".html"

// asset is a file of the screens, ready to be sent.
type asset struct {
	body             []byte
	mediaType, cache string
	// tag is a strong ETag, made from the content.
	tag string
}

// assets finds the files of the screens by their names.
type assets func(name string) (asset, bool)

// holdAssets reads the whole tree once. It panics when that fails, since the
// tree is part of the program.
func holdAssets(files fs.FS) assets {
	held := map[string]asset{}
	must(held, fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := fs.ReadFile(files, name)
		held[name] = newAsset(name, body)
		return err
	}))
	return func(name string) (asset, bool) {
		a, ok := held[name]
		return a, ok
	}
}

// freshAssets reads each file when it is asked for. A name that leads out of the
// tree is none: fs.FS refuses it.
func freshAssets(files fs.FS) assets {
	return func(name string) (asset, bool) {
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return asset{}, false
		}
		return newAsset(name, body), true
	}
}

func newAsset(name string, body []byte) asset {
	sum := sha256.Sum256(body)
	a := asset{body: body, mediaType: mediaTypeOf(name), cache: cacheOwn,
		tag: `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`}
	if strings.HasPrefix(name, "vendor/") {
		a.cache = cacheVendor
	}
	return a
}

// withWords adds the catalogues as words/<language>.json: the door has words to
// show before anybody has signed in.
func withWords(files assets, phrases func(branch.Language) ([]byte, bool)) assets {
	return func(name string) (asset, bool) {
		lang, ok := strings.CutPrefix(name, "words/")
		if !ok {
			return files(name)
		}
		lang, ok = strings.CutSuffix(lang, ".json")
		catalogue, known := phrases(branch.Language(lang))
		if !ok || !known {
			return asset{}, false
		}
		return newAsset(name, catalogue), true
	}
}

// mediaTypeOf goes by the end of the name: the system's own table is not the
// same on every machine, and browsers are told not to guess.
func mediaTypeOf(name string) string {
	switch path.Ext(name) {
	case document:
		return "text/html; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".json", ".map":
		if path.Base(name) == "manifest.json" {
			return "application/manifest+json"
		}
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".webp":
		return "image/webp"
	case ".ico":
		return "image/x-icon"
	case ".woff2":
		return "font/woff2"
	case ".wav":
		return "audio/wav"
	case ".mp3":
		return "audio/mpeg"
	case "", ".txt", ".md":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}

// mountScreens mounts the documents of the screens and the files they use.
func mountScreens(s *Server) {
	find := holdAssets
	if s.WebFresh {
		find = freshAssets
	}
	files := withWords(find(s.Web), s.Reads.Phrases)
	screen := func(action access.Action, summary, name string) {
		operation := describeScreen(action, summary, "text/html")
		mountRaw(s, operation, func(c *fiber.Ctx) error { return sendAsset(c, files, name+document) })
	}
	screen(access.ActScreenIndex, "The list of the screens", "index")
	screen(access.ActScreenEnter, "Sign in with a link", "enter")
	screen(access.ActScreenKiosk, "The kiosk", "kiosk")
	screen(access.ActScreenHall, "The hall display", "hall")
	screen(access.ActScreenCounter, "The counter console", "counter")
	screen(access.ActScreenPager, "The staff's pager", "pager")
	screen(access.ActScreenSupervisor, "The supervisor console", "supervisor")
	screen(access.ActScreenIT, "The IT console", "it")
	screen(access.ActScreenVisit, "A customer's own visit", "visit")

	mountRaw(s, describeScreen(access.ActScreenFile, "A file of the screens", fiber.MIMEOctetStream), func(c *fiber.Ctx) error {
		name := c.Params("*")
		if path.Ext(name) == document {
			return noFile() // it has a route, and one address is enough
		}
		return sendAsset(c, files, name)
	})
}

func describeScreen(action access.Action, summary, mediaType string) huma.Operation {
	operation := describe(ruleOf(action), summary)
	operation.Tags = []string{"screens"}
	operation.Responses["200"] = contentResponse(summary, mediaType, huma.TypeString)
	operation.Responses["304"] = &huma.Response{Description: "The one named by If-None-Match is still good"}
	return operation
}

// sendAsset answers with a file, or with 304 when the client has it.
func sendAsset(c *fiber.Ctx, files assets, name string) error {
	a, ok := files(name)
	if !ok {
		return noFile()
	}
	c.Set(fiber.HeaderETag, a.tag)
	c.Set(fiber.HeaderCacheControl, a.cache)
	if holds(c, a.tag) {
		c.Status(fiber.StatusNotModified)
		return nil
	}
	c.Set(fiber.HeaderContentType, a.mediaType)
	return c.Send(a.body)
}

// holds reports whether the client says that it has what tag names.
func holds(c *fiber.Ctx, tag string) bool {
	for _, header := range c.Request().Header.PeekAll(fiber.HeaderIfNoneMatch) {
		for _, named := range bytes.Split(header, []byte(",")) {
			named := strings.TrimSpace(string(named))
			if named == "*" || strings.TrimPrefix(named, "W/") == tag {
				return true
			}
		}
	}
	return false
}

func noFile() error { return branch.Refuse(branch.CodeNotFound, "There is no such file.") }
