package box

import (
	"fmt"
	"os"
	"testing"
)

func TestTheFirstAddressThatABoxPrintsIsWhereItListens(t *testing.T) {
	a := NewAnnouncement()
	fmt.Fprintln(a, "handrail 0.1.0")
	fmt.Fprintln(a, "listening on http://127.0.0.1:40123")
	fmt.Fprintln(a, "and on http://127.0.0.1:1")
	if url := <-a.URL; url != "http://127.0.0.1:40123" {
		t.Errorf("it listens on %q", url)
	}
}

func TestTheKernelTellsAProcesssMemory(t *testing.T) {
	m, err := MemoryOf(os.Getpid())
	if err != nil || m.Resident < 1<<20 || m.Peak < m.Resident {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := kilobytes([]byte("VmSize:\t 12 kB\n"), "VmRSS"); err == nil {
		t.Error("a memory that is not there is read")
	}
}

func TestABoxThatDoesNotStartSaysSo(t *testing.T) {
	if _, err := Start(t.Context(), Spec{Binary: "/bin/false", Data: t.TempDir()}); err == nil {
		t.Error("a box that ends at once is running")
	}
}
