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
	taken   []string
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
		if s.wanted.MatchString(p.name) && !slices.Contains(s.taken, p.name) {
			return fmt.Errorf("%s was not taken", p.name)
		}
	}
	return nil
}

// languages are those a picture is taken in, with the end of its name; a hall
// speaks both at once.
func (p picture) languages() [][2]string {
	if p.chapter == hallChapter {
		return [][2]string{{"", "both"}}
	}
	return [][2]string{{"zh-CN", "zh"}, {"en", "en"}}
}

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
	p := pictures()[i]
	for _, language := range p.languages() {
		t.speak(language[0])
		small := try(shrink(t.picture()))
		try(0, os.WriteFile(filepath.Join(s.folder, p.file(language[1])), small, 0o644))
		fmt.Fprintf(s.out, "%d/%d %s %d kB\n", i+1, len(pictures()), p.file(language[1]), len(small)/1000)
	}
	t.speak(p.languages()[0][0])
	s.taken = append(s.taken, name)
}

func (p picture) file(language string) string { return p.name + "." + language + ".png" }

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
		for _, language := range p.languages() {
			fmt.Fprintf(&text, "<img src=\"%s\" alt=\"%s\" width=\"%d\">\n", p.file(language[1]), p.caption, p.width)
		}
	}
	return os.WriteFile(filepath.Join(s.folder, "README.md"), []byte(text.String()), 0o644)
}
