package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// studio takes the pictures.
type studio struct {
	ctx     context.Context
	folder  string
	wanted  *regexp.Regexp
	out     io.Writer
	browser context.Context
	box     *box
	urgent  string // the visit that was called out of turn
}

// work starts the box and the browser and plays the moment.
func (s *studio) work(binary string) (err error) {
	defer func() {
		switch f := recover().(type) {
		case nil:
		case failure:
			err = f.error
		default:
			panic(f)
		}
	}()
	data := try(os.MkdirTemp("", "handrail-pictures"))
	defer os.RemoveAll(data)
	s.box = try(startBox(s.ctx, binary, filepath.Join(data, "data")))
	defer s.box.stop()
	browser, quit := startBrowser(s.ctx)
	defer quit()
	s.browser = browser
	s.play()
	for _, p := range pictures() {
		if s.wanted.MatchString(p.name) && !s.has(p.name) {
			return fmt.Errorf("%s was not taken", p.name)
		}
	}
	return nil
}

// languages are those of the screens, with the end of a picture's name.
func languages() [][2]string { return [][2]string{{"zh-CN", "zh"}, {"en", "en"}} }

// take takes the picture of this name in both languages. The page of pictures
// must know it.
func (s *studio) take(name string, t *tab) {
	i := slices.IndexFunc(pictures(), func(p picture) bool { return p.name == name })
	if i < 0 {
		panic(failure{fmt.Errorf("there is no caption for %s", name)})
	}
	if !s.wanted.MatchString(name) {
		return
	}
	for _, language := range languages() {
		t.speak(language[0])
		small := try(shrink(t.picture()))
		file := fileOf(name, language[1])
		try(0, os.WriteFile(filepath.Join(s.folder, file), small, 0o644))
		fmt.Fprintf(s.out, "%d/%d %s %d kB\n", 2*i+1+slices.Index([]string{"zh", "en"}, language[1]), 2*len(pictures()), file, len(small)/1000)
	}
	t.speak(languages()[0][0])
}

func fileOf(name, language string) string { return name + "." + language + ".png" }

// has reports whether a picture is there in both languages.
func (s *studio) has(name string) bool {
	for _, language := range languages() {
		if _, err := os.Stat(filepath.Join(s.folder, fileOf(name, language[1]))); err != nil {
			return false
		}
	}
	return true
}

// writePage writes the page that shows all pictures.
func (s *studio) writePage() error {
	var text strings.Builder
	text.WriteString("# The screens\n\nThe demo branch at a busy moment, in Chinese and in English. `make pictures` takes them anew.\n")
	chapter := ""
	for _, p := range pictures() {
		if p.chapter != chapter {
			chapter = p.chapter
			fmt.Fprintf(&text, "\n## %s\n", chapter)
		}
		fmt.Fprintf(&text, "\n%s\n\n", p.caption)
		for _, language := range languages() {
			fmt.Fprintf(&text, "<img src=\"%s\" alt=\"%s (%s)\" width=\"%d\">\n", fileOf(p.name, language[1]), p.caption, language[0], p.width)
		}
	}
	return os.WriteFile(filepath.Join(s.folder, "README.md"), []byte(text.String()), 0o644)
}
