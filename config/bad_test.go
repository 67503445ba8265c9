package config

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestEveryKindOfMistakeIsRefusedWhereItStands reads testdata/bad: each file
// has one kind of mistake, and beside it a golden with the problems it must
// give.
func TestEveryKindOfMistakeIsRefusedWhereItStands(t *testing.T) {
	for _, file := range badFiles(t) {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			b, problems := Parse(name, read(t, file))
			if b != nil || len(problems) == 0 {
				t.Fatal("the file is accepted")
			}
			got := Problems(problems).Error() + "\n"
			golden := strings.TrimSuffix(file, ".yaml") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := string(read(t, golden)); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

// TestEveryMistakeMendedIsAccepted proves that a file of testdata/bad is
// refused for its mistake alone: its first line says what mends it.
func TestEveryMistakeMendedIsAccepted(t *testing.T) {
	mended := 0
	for _, file := range badFiles(t) {
		bad, good, ok := mend(t, string(read(t, file)))
		if !ok {
			continue
		}
		mended++
		t.Run(filepath.Base(file), func(t *testing.T) {
			if bad == good {
				t.Fatal("the file does not have what is to be mended")
			}
			if _, problems := Parse("mended.yaml", []byte(good)); len(problems) > 0 {
				t.Errorf("still refused: %v", Problems(problems))
			}
		})
	}
	if least := 60; mended < least {
		t.Errorf("%d files say what mends them, want %d or more", mended, least)
	}
}

// mend reads a first line `# mend: "this" -> "that"` and returns the file
// without that line, then mended.
func mend(t *testing.T, file string) (bad, good string, ok bool) {
	t.Helper()
	first, bad, _ := strings.Cut(file, "\n")
	change, ok := strings.CutPrefix(first, "# mend: ")
	if !ok {
		return "", "", false
	}
	from, to, _ := strings.Cut(change, " -> ")
	return bad, strings.Replace(bad, unquote(t, from), unquote(t, to), 1), true
}

func unquote(t *testing.T, quoted string) string {
	t.Helper()
	text, err := strconv.Unquote(quoted)
	if err != nil {
		t.Fatalf("%s: %v", quoted, err)
	}
	return text
}

func badFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no bad files: %v", err)
	}
	return files
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestAFileLongerThan256KiBIsRefusedUnread(t *testing.T) {
	comment := func(length int) []byte {
		return append(read(t, "testdata/small.yaml"), "# "+strings.Repeat("x", length)...)
	}
	longest := maxBytes - len(comment(0))
	if _, problems := Parse("long.yaml", comment(longest)); len(problems) > 0 {
		t.Errorf("a file of just 256 KiB is refused: %v", Problems(problems))
	}
	_, problems := Parse("long.yaml", comment(longest+1))
	want := "long.yaml:1:1: the file has 262145 bytes, more than 262144"
	if len(problems) != 1 || problems[0].Error() != want {
		t.Errorf("got %v, want %s", Problems(problems), want)
	}
}

func TestAnchorsThatWouldUnfoldToGigabytesAreRefusedAtTheFirst(t *testing.T) {
	var bomb strings.Builder
	bomb.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x]\n")
	for i := range 12 {
		fmt.Fprintf(&bomb, "a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 9), ", "))
	}
	_, problems := Parse("bomb.yaml", []byte(bomb.String()))
	if want := "bomb.yaml:1:5: references are not allowed (write the value out)"; len(problems) == 0 || problems[0].Error() != want {
		t.Errorf("got %v, want %s first", problems, want)
	}
}

func TestWhatNestsWithoutEndIsRefusedBeforeItIsParsed(t *testing.T) {
	for _, opening := range []string{"[", "- ", "{a: ", "- ["} {
		_, problems := Parse("deep.yaml", []byte(strings.Repeat(opening, 60_000/len(opening))))
		if len(problems) != 1 || !strings.Contains(problems[0].Message, "nested too deeply") {
			t.Errorf("%q repeated: %v", opening, problems)
		}
	}
}

func TestAListOfProblemsIsBounded(t *testing.T) {
	items := bytes.Repeat([]byte("- x\n"), 3000)
	_, problems := Parse("long.yaml", append([]byte("services:\n"), items...))
	last := problems[len(problems)-1]
	if len(problems) != maxProblems+1 || !strings.HasSuffix(last.Message, "more problems are not shown") {
		t.Errorf("%d problems, the last %v", len(problems), last)
	}
}
