package app

import (
	"testing"

	"handrail/config"
	"handrail/server/internal/branch"
)

// shelf is a configStore in memory.
type shelf map[string][]byte

func (s shelf) Get(key string) ([]byte, error)     { return s[key], nil }
func (s shelf) Put(key string, value []byte) error { s[key] = value; return nil }

// choose chooses at now and keeps what it chose, as a start does.
func choose(t *testing.T, file string, store shelf, now branch.Instant) inForce {
	t.Helper()
	chosen, err := chooseConfig(file, store, now)
	if err == nil {
		err = chosen.keep(store)
	}
	if err != nil {
		t.Fatal(err)
	}
	return chosen
}

func TestABoxWithoutAFileRunsItsOwnDemoBranch(t *testing.T) {
	store := shelf{}
	if first := choose(t, "", store, 1); !first.demo || first.since != 1 {
		t.Errorf("the first start runs %s since %d", first.version, first.since)
	}
	if len(store[configYAML]) != 0 {
		t.Error("the text of the demo branch is kept: a newer box would run an old one")
	}
	if again := choose(t, "", store, 2); !again.demo || again.since != 1 {
		t.Errorf("the second start runs %s since %d", again.version, again.since)
	}
	store[configVersion] = []byte("that of an older box")
	if newer := choose(t, "", store, 3); newer.version != config.Version(config.Demo()) || newer.since != 3 {
		t.Errorf("a newer box runs %s since %d", newer.version, newer.since)
	}
}

func TestTheConfigurationInForceStaysWithoutItsFile(t *testing.T) {
	store := shelf{}
	named := choose(t, "../../testdata/quick-pages.yaml", store, 1)
	if named.demo || named.since != 1 {
		t.Errorf("the named file gives %s since %d", named.version, named.since)
	}
	if kept := choose(t, "", store, 2); kept.version != named.version || kept.since != 1 {
		t.Errorf("without the file the box runs %s since %d", kept.version, kept.since)
	}
	if back := choose(t, "", shelf{}, 3); !back.demo {
		t.Errorf("a new folder runs %s", back.version)
	}
}
