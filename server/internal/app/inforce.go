package app

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"
	_ "time/tzdata" // a branch box need not have the zones installed

	"handrail/config"
	"handrail/server/internal/branch"
	"handrail/server/internal/views"
)

// inForce is the configuration that the box runs under.
type inForce struct {
	config    *config.Branch
	yaml      []byte
	version   string
	demo      bool
	directory *views.Directory
	zone      *time.Location
	// since is when this version was first put in force.
	since branch.Instant
}

// configStore keeps the text of the configuration in force beside the log, so
// that a box can be opened without its file.
type configStore interface {
	Get(key string) ([]byte, error)
	Put(key string, value []byte) error
}

// What is kept of the configuration in force. The demo branch's text is not: a
// newer box must run its own demo branch, not that of an older one.
const (
	configYAML    = "yaml"
	configVersion = "version"
	configSince   = "since"
)

// chooseConfig returns the configuration of the named file, else the one kept,
// else the demo branch. now is noted when it was not in force before.
func chooseConfig(file string, store configStore, now branch.Instant) (inForce, error) {
	name, yaml, err := readConfig(file, store)
	if err != nil {
		return inForce{}, err
	}
	chosen, err := parseConfig(name, yaml)
	if err != nil {
		return inForce{}, err
	}
	chosen.since, err = since(store, chosen.version, now)
	return chosen, err
}

func readConfig(file string, store configStore) (name string, yaml []byte, err error) {
	if file != "" {
		yaml, err = os.ReadFile(file)
		return file, yaml, err
	}
	yaml, err = store.Get(configYAML)
	if len(yaml) == 0 {
		return "demo.yaml", config.Demo(), err
	}
	return "the configuration in force", yaml, err
}

// since is when the configuration was put in force: now, unless it is the one
// kept.
func since(store configStore, version string, now branch.Instant) (branch.Instant, error) {
	kept, err := store.Get(configVersion)
	if err != nil || string(kept) != version {
		return now, err
	}
	text, err := store.Get(configSince)
	if err != nil {
		return now, err
	}
	at, err := strconv.ParseInt(string(text), 10, 64)
	return branch.Instant(at), err
}

// keep notes the configuration in force for the next start.
func (f inForce) keep(store configStore) error {
	at, yaml := strconv.FormatInt(int64(f.since), 10), f.yaml
	if f.demo {
		yaml = nil
	}
	return errors.Join(
		store.Put(configSince, []byte(at)),
		store.Put(configVersion, []byte(f.version)),
		store.Put(configYAML, yaml),
	)
}

func parseConfig(name string, yaml []byte) (inForce, error) {
	parsed, problems := config.Parse(name, yaml)
	if len(problems) > 0 {
		return inForce{}, fmt.Errorf("the configuration cannot be used:\n%w", config.Problems(problems))
	}
	zone, err := time.LoadLocation(string(parsed.TimeZone))
	if err != nil {
		return inForce{}, err
	}
	version := config.Version(yaml)
	return inForce{
		config: parsed, yaml: yaml, version: version, demo: version == config.Version(config.Demo()),
		directory: directory(parsed), zone: zone,
	}, nil
}
