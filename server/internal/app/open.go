package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	kioskweb "handrail/kiosk-web"
	"handrail/server/internal/access"
	"handrail/server/internal/branch"
	"handrail/server/internal/engine"
	"handrail/server/internal/eventlog"
	"handrail/server/internal/httpapi"
	"handrail/server/internal/hub"
	"handrail/server/internal/phrases"
	"handrail/server/internal/queue"
	"handrail/server/internal/views"
)

// Open opens the data folder and restores the box to what it was; nothing runs
// yet. The caller must Close it.
func Open(cfg Config) (*App, error) {
	if cfg.Clock == nil {
		cfg.Clock = engine.SystemClock()
	}
	options, err := storeOptions()
	if err != nil {
		return nil, err
	}
	store, err := eventlog.Open(cfg.Data, options)
	if err != nil {
		return nil, err
	}
	a := &App{cfg: cfg, store: store, domain: newDomain()}
	a.started = a.now()
	if err := a.build(); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return a, nil
}

// build makes everything above the store, from the keys up.
func (a *App) build() (err error) {
	if a.words, err = phrases.Load(); err != nil {
		return err
	}
	if a.branch, err = chooseConfig(a.cfg.ConfigFile, a.store.Table("config"), a.started); err != nil {
		return err
	}
	if a.keeper, err = openKeeper(a.cfg.Data); err != nil {
		return err
	}
	a.views = views.New(a.branch.directory, a.words, a.ended, a.branch.zone, a.now, a.speechFaults)
	if a.engine, err = a.openEngine(a.store); err != nil {
		return err
	}
	if a.devices, err = a.openDevices(); err != nil {
		return err
	}
	a.speech = a.openSpeech()
	a.presence = newPresence(a.engine)
	a.hub = hub.New(source{a}, hub.Options{})
	return nil
}

// openKeeper reads the keys of the box.
func openKeeper(data string) (*access.Keeper, error) {
	visit, err := loadKey(data, "visit.key")
	if err != nil {
		return nil, err
	}
	session, err := loadKey(data, "session.key")
	if err != nil {
		return nil, err
	}
	return access.NewKeeper(access.Keys{Visit: visit, Session: session, Random: rand.Reader})
}

// openEngine starts the engine over the modules and a log; nothing runs yet.
func (a *App) openEngine(log engine.Log) (*engine.Engine, error) {
	return engine.Open(engine.Config{
		Modules:    a.domain.modules(),
		NewModules: func() []engine.Module { return newDomain().modules() },
		Reactor:    a.domain.policy(),
		Log:        log,
		Clock:      a.cfg.Clock,
		Publish:    a.publish,
		Essential:  essential,
		Report:     func(err error) { a.cfg.Log.Error("the box goes on after a fault", "error", err) },
	})
}

// essential commands are taken while the disk is short: calls for help, and who
// answers them.
func essential(command string) bool {
	return strings.HasPrefix(command, "page.") || strings.HasPrefix(command, "duty.") || strings.HasPrefix(command, "staff.")
}

// publish swaps the whole set of read models; the engine calls it on the writer
// after each commit.
func (a *App) publish(seq uint64, now branch.Instant) {
	set := &views.Set{
		Seq: seq, Now: now,
		Queue: a.domain.queue.Model(), Paging: a.domain.paging.Model(), Equipment: a.domain.equipment.Model(),
		Config: views.ConfigInForce{Version: a.branch.version, Since: a.branch.since},
	}
	a.keeper.Publish(a.domain.access.Model())
	a.set.Store(set)
}

// askLimit bounds a question to the writer.
const askLimit = 5 * time.Second

// ended finds a visit that ended today; only the writer knows those.
func (a *App) ended(id branch.VisitID) (found *queue.Visit) {
	ctx, cancel := context.WithTimeout(context.Background(), askLimit)
	defer cancel()
	if err := a.engine.Ask(ctx, func() { found, _ = a.domain.queue.Visit(id) }); err != nil {
		return nil
	}
	return found
}

// now is the time by the wall, from which engine time is at most a minute away.
func (a *App) now() branch.Instant { return branch.InstantOf(a.cfg.Clock.Wall()) }

// applyConfig puts the chosen configuration in force and keeps its text.
func (a *App) applyConfig(ctx context.Context) error {
	applied, err := configApplied(a.branch.config, a.branch.version)
	if err != nil {
		return err
	}
	if err := a.engine.ApplyConfig(ctx, applied, branch.Box()); err != nil {
		return fmt.Errorf("the configuration cannot be put in force: %w", err)
	}
	return a.branch.keep(a.store.Table("config"))
}

// newServer mounts the routes for the names under which clients may reach them;
// demo says whether the demo tokens are let in.
func (a *App) newServer(hosts []string, demo bool) *httpapi.Server {
	registry := prometheus.NewRegistry()
	registry.MustRegister(newCollector(a))
	web := kioskweb.Files()
	if a.cfg.WebDir != "" {
		web = os.DirFS(a.cfg.WebDir)
	}
	return httpapi.New(httpapi.Config{
		Hosts: hosts, Loopback: true, Version: a.cfg.Version, Demo: demo,
		Web: web, WebFresh: a.cfg.WebDir != "",
		Do: a.engine, Keeper: a.keeper, Reads: reads{a}, Admin: admin{a}, Live: a.hub, QR: a.drawLink,
		Metrics: registry, Now: a.now, Log: a.cfg.Log,
	})
}

// Close closes the data folder. Run must have ended, or not begun.
func (a *App) Close() error {
	a.speech.Close()
	return errors.Join(a.hub.Close(context.Background()), a.store.Close())
}
